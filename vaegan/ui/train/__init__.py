"""The Train page.

lessons           the lessons: each is one run or a race
charts            curves of runs
lab_state         which runs the page shows, and its link
lab               the training lab that all sessions share
config_form       a widget for every setting of a run
run_names         what runs are called, by what makes them different; their colours
words             sentences about runs
files             downloads of a run
epoch_map         the map of latent space after each epoch
influence_table   which loss moves which network
slow_motion       one batch in slow motion
actions           use, fork or delete a run that has ended
start             lessons, a form and the buttons that start them
table             all runs of this server
view              progress, buttons and charts of the runs on the page
previews          pictures and alarms of these runs
dissection        a training step taken apart
time_machine      one slider that moves curves, pictures and maps to an epoch
"""
