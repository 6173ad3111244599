"""The Class page: joining, the teacher's page, and what it shows when it is projected.

sheets      the code to join, how a class has answered, and its names, as HTML for the stage
gathered    the wall of digits: as a sheet, read, under noise, on the map, to take home
joining     the form by which a phone joins, and the one by which a teacher begins
asking      what the teacher asks, how it is revealed, and who answered what
students    who is in the class: rename, remove
load        what is trained by whom: pause all, stop one
helping     what to do when phones cannot join, and the network as a code
teaching    the teacher's page
projected   the same page on a projector, without notes and buttons
"""
