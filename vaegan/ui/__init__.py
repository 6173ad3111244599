"""The user interface, the only Python that imports streamlit: modules that pages share, then a folder for each page.

In a page's folder the module ending in `_state` holds what the page is set to, in the session and in its link.

heaps          how the server's memory is kept
offline        nobody outside is asked for anything
reach          who can open the app, this machine alone or others too, and under which path
component      components of ours, whose scripts come over HTTP where routes are served
visitor        by what a browser is known, also after a reload
shipped        the shipped checkpoints: their order in menus, and who took whose place
language       the language of the Learn page and of the navigation
present        the app on a projector
link           a page's state in its address
percent        shares in percent
noise_words    what kinds of noise are called, and what they do
charts         charts in the theme's colours
line_chart     those that our own component draws
glossary       what each term means, shown where it stands
classes        a colour for each class
gallery        pictures as HTML, with alt texts
picker         a gallery of real digits to choose from
state          what all pages remember of a visit: the digit, the noise, the visitor's name
drawings       digits that were drawn in one of our components
filters        a classical filter beside the twins
settings       settings of a run in words
run_names      what runs are called, by what makes them different
finished       which runs have finished, and which are twins
trained        finished runs as models for every page
resources      what all sessions share: checkpoints, what is computed from them, digits
parcels        weights and atlases for the browser, under keys that are hashes
routes         these bytes over HTTP
passcode       by what a teacher is known
addresses      where others reach the app, as text and as codes for a camera
attendance     the classes of this server, and what a browser may ask of its own
class_routes   a class over HTTP: news as they happen, and what is asked
readings       which digit is read in a picture, in words
pages          the pages: name, file, icon, first sentences
navigation     one line with a link to each page, which a phone folds
class_dock     what a browser that is in a class has on every page
frame          what every page has: navigation, title, errors as sentences, folds
closed         what browsers may do with the pages, and what is told to nobody
compression    Streamlit's own scripts, compressed
store          what the browser's tab lacks: it fetches it over HTTP, or is sent it
catalogue      which checkpoints there are, and what they are called
stage          the field to draw on, with both networks following the pen
controls       widgets for models and noise
comparison     the twins side by side
lesson_part    what a page lends to the Learn page
denoise        the Denoise page
latent_space   the Latent space page
home           the Home page
generate       the Generate page
train          the Train page
results        the Results page
learn          the Learn page
classroom      the Class page
server         the app with our routes: what `make run` starts
"""
