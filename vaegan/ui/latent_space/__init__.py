"""The Latent space page.

map_state    what the page is set to, and the link to it
places       where encoders put the digit in force, and the real digits nearest to it
dimensions   the dimensions of z one by one
latent_map   the map of latent space
lesson_part  the map as a part of a lesson
"""
