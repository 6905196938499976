"""A text file for word processors (DOCX): headings, paragraphs, bullets and links, and nothing else."""

import io
import zipfile
from xml.sax.saxutils import escape, quoteattr

_NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/>'
    '<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.styles+xml"/>'
    '<Override PartName="/word/numbering.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.numbering+xml"/>'
    '<Override PartName="/docProps/core.xml" '
    'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
)
_PACKAGE = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
    '<Relationship Id="r2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/'
    'core-properties" Target="docProps/core.xml"/></Relationships>'
)
_STYLES = (
    f"<w:styles {_NAMESPACES}>"
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
    '<w:pPr><w:spacing w:after="120"/></w:pPr><w:rPr><w:sz w:val="21"/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/>'
    '<w:pPr><w:keepNext/><w:spacing w:before="240" w:after="120"/><w:outlineLvl w:val="0"/></w:pPr>'
    '<w:rPr><w:b/><w:sz w:val="40"/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Heading2"><w:name w:val="heading 2"/><w:basedOn w:val="Normal"/>'
    '<w:pPr><w:keepNext/><w:spacing w:before="240" w:after="80"/><w:outlineLvl w:val="1"/></w:pPr>'
    '<w:rPr><w:b/><w:sz w:val="26"/></w:rPr></w:style></w:styles>'
)
_NUMBERING = (
    f"<w:numbering {_NAMESPACES}>"
    '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/>'
    '<w:pPr><w:ind w:left="360" w:hanging="260"/></w:pPr></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
)


class Docx:
    """Collects paragraphs; `content()` is the finished file."""

    def __init__(self, *, title: str, language: str) -> None:
        self.title = title
        self.language = language
        self._body: list[str] = []
        self._links: list[str] = []

    def heading(self, text: str, level: int) -> None:
        self._paragraph(self._run(text), f'<w:pStyle w:val="Heading{level}"/>')

    def paragraph(self, text: str) -> None:
        self._paragraph(self._run(text))

    def bullet(self, title: str, text: str = "", address: str = "") -> None:
        runs = self._run(title, is_bold=True)
        if text:
            runs += "<w:r><w:br/></w:r>" + self._run(text)
        if address:
            runs += "<w:r><w:br/></w:r>" + self._link(address)
        self._paragraph(runs, '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>')

    def page_break(self) -> None:
        self._body.append('<w:p><w:r><w:br w:type="page"/></w:r></w:p>')

    def content(self) -> bytes:
        document = (
            f"<w:document {_NAMESPACES}><w:body>{''.join(self._body)}"
            '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
            '<w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134"/></w:sectPr>'
            "</w:body></w:document>"
        )
        links = "".join(
            f'<Relationship Id="link{number}" Type="{_OFFICE}/hyperlink" Target={quoteattr(address)} '
            'TargetMode="External"/>'
            for number, address in enumerate(self._links)
        )
        relations = (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="styles" Type="{_OFFICE}/styles" Target="styles.xml"/>'
            f'<Relationship Id="numbering" Type="{_OFFICE}/numbering" Target="numbering.xml"/>{links}'
            "</Relationships>"
        )
        core = (
            '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
            'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:title>{escape(self.title)}</dc:title><dc:language>{escape(self.language)}</dc:language>"
            "</cp:coreProperties>"
        )
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in (
                ("[Content_Types].xml", _CONTENT_TYPES),
                ("_rels/.rels", _PACKAGE),
                ("docProps/core.xml", core),
                ("word/document.xml", document),
                ("word/styles.xml", _STYLES),
                ("word/numbering.xml", _NUMBERING),
                ("word/_rels/document.xml.rels", relations),
            ):
                archive.writestr(name, _HEAD + text)
        return file.getvalue()

    def _paragraph(self, runs: str, properties: str = "") -> None:
        wrapped = f"<w:pPr>{properties}</w:pPr>" if properties else ""
        self._body.append(f"<w:p>{wrapped}{runs}</w:p>")

    def _run(self, text: str, *, is_bold: bool = False) -> str:
        look = f'<w:rPr>{"<w:b/>" if is_bold else ""}<w:lang w:val="{escape(self.language)}"/></w:rPr>'
        lines = (
            f'<w:r>{look}<w:t xml:space="preserve">{escape(line)}</w:t></w:r>' for line in text.split("\n")
        )
        return "<w:r><w:br/></w:r>".join(lines)

    def _link(self, address: str) -> str:
        self._links.append(address)
        run = f'<w:r><w:rPr><w:u w:val="single"/></w:rPr><w:t>{escape(address)}</w:t></w:r>'
        return f'<w:hyperlink r:id="link{len(self._links) - 1}">{run}</w:hyperlink>'
