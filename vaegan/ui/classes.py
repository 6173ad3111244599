"""The colours of the ten classes, for numerals on a dark ground."""

# Found by a search for ten colours that differ most: for people who see all colours, and for those who cannot tell red
# from green. Whoever still cannot tell two apart reads the numeral, which every mark of a class is.
CLASS_COLOURS = (
    "#c3f5f7",
    "#44d00b",
    "#fa9c8f",
    "#c549fd",
    "#bcb1e9",
    "#f9ff39",
    "#948718",
    "#ffecd0",
    "#2e9893",
    "#fe2685",
)
