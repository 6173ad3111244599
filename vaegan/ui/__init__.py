"""The user interface: the only Python that imports streamlit. What several pages share, then a folder a page.

link           a page's state in its address
charts         charts in the theme's colours
gallery        pictures as HTML, with alt texts
picker         a gallery of real digits to choose from
state          what outlives a page: the digit in force, the noise, the visitor
drawings       drawings that come from components of ours
filters        a classical filter beside the twins
finished       which runs have finished, and which are twins
trained        finished runs as models for every page
resources      what all sessions share: digits, checkpoints, atlases
pages          the pages: name, file, icon, first sentences
frame          what every page has: title, sidebar, errors as sentences
store          bytes for the browser, sent once a tab
catalogue      which checkpoints there are, and what they are called
controls       widgets for models and noise
comparison     the twins side by side
denoise        of one page each: its widgets, its charts,
latent_space   and in a module ending in _state what it is set to
generate       (see denoise)
train          (see denoise)
results        (see denoise)
"""
