"""A program of its own that turns Vega-Lite specifications into SVG.

It reads a JSON list of specifications from standard input and writes a JSON list of drawings. The JavaScript
engine inside takes 60 MB and half a second; a web process that imported it would keep both for ever.
"""

import json
import sys

import vl_convert


def main() -> None:
    specifications = json.load(sys.stdin)
    drawings = [vl_convert.vegalite_to_svg(each, allowed_base_urls=[]) for each in specifications]
    json.dump(drawings, sys.stdout)


if __name__ == "__main__":
    main()
