"""The Generate page.

extremes         digits that stand out, as starting points
probes           pictures for the question "is this a digit?"
quality          how good samples are, by the cards
masks            from paint on a field to the mask of a digit, and back
damage           what Repair hides of a digit
generate_state   what the page is set to, and the link to it
choices          controls that its sections share
slots            slots for digits, filled by a click
painting         paint over a digit what Repair is to hide
passes           whether more passes of a repair help
anomaly          is this a digit?
arithmetic       a + b - c in latent space
duel             a game: which of two digits is real?
morph            one digit becomes another
repair           hide a part and let the twins fill it in
rival_sheets     VAE against VAE-GAN, each with two priors
sampling         what decoders make of random points
lesson_part      sheets and the game as parts of a lesson
"""
