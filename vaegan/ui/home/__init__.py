"""Home: the stage, three ideas in a sentence each, and doors to what one can do.

ideas      what a VAE is, what the GAN adds, what BatchNorm does
sketches   pictures for the doors, made from the app's own networks and digits
doors      where to go next, as pictures
"""
