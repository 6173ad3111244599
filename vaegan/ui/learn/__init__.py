"""The Learn page.

layout        where the parts of the page stand
answers       what learners answer, told to whoever wants to hear it
learn_state   which lesson a visit is in and how far, and the link to it
charts        own guess and what happens in one chart
asking        the question of a step
sheet         the lab sheet, to print
shelf_view    all lessons, and notes for teachers
step_view     a lesson, step by step
"""
