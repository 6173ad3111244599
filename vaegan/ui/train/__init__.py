"""The Train page.

lessons           what to press first: each lesson one run or a race
charts            curves of runs
lab_state         which runs the page shows, and how; the link to them
lab               the training lab that all sessions share
config_form       every setting of a run as a widget
words             runs in words
files             what a run leaves to be taken home
epoch_map         the map of latent space after any epoch
influence_table   which loss moves which network
slow_motion       one batch in slow motion
actions           use, fork or delete a run that has ended
start             how runs are started
table             the runs of this server
view              runs on the page, once a second while one goes on
previews          their pictures, and what goes wrong
dissection        a training step taken apart
time_machine      one scrubber for curves, pictures and maps
"""
