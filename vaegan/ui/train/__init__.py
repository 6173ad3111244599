"""The Train page.

layout            where the parts of the page stand
lessons           the lessons: each is one run or a race
charts            curves of runs
lab_state         which runs the page shows, and its link
lab               the training lab that all sessions share
config_form       a widget for every setting of a run
looks             the names and colours of runs that stand side by side
words             sentences about runs
files             downloads of a run
epoch_map         the map of latent space after each epoch
influence_words   which loss moves which network, in words
slow_motion       one batch in slow motion
forces            which loss moves which network, for the stage to draw
actions           use, fork or delete a run that has ended
start             lessons, a form and the buttons that start them
table             all runs of this server
view              the runs on the page, and their charts
previews          pictures and alarms of these runs
dissection        a training step taken apart
training_stage    the stage: curve, pictures, and one time line that moves both
film              all epochs of a run as a film
sections          what opens below the stage
watching          the stage, drawn again while runs train
lesson_part       the stage as a part of a lesson
"""
