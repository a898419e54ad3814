package plain

import (
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// alikes are letters of other scripts, and odd Latin ones, that are read as a
// Latin letter. Each row is the Latin letter and what looks like it.
var alikes = func() map[rune]string {
	out := map[rune]string{}
	for latin, row := range map[string]string{
		"a": "аαɑᴀ∀ӑӓаа", "b": "ЬВвβƄʙҍъ", "c": "сϲᴄςССⲥ", "d": "ԁɗᴅժ", "e": "еєεҽᴇɛэЕΕ℮ёɘ",
		"f": "ғƒϝꜰғ", "g": "ɡɢԍց", "h": "һнʜНΗհ", "i": "іιıɩɪΙІӏⵏ", "j": "јʝᴊЈ",
		"k": "кκᴋКΚқ", "l": "ⅼӀʟ|ℓ", "m": "мᴍМΜ", "n": "пηɴΝռոий", "o": "оοσᴏОΟօⲟөо",
		"p": "рρᴘРΡþ", "q": "ԛզ", "r": "гᴦʀɾг", "s": "ѕꜱЅʂσ", "t": "тτᴛТΤ",
		"u": "υᴜսцμ", "v": "νѵᴠ", "w": "ѡωшщԝᴡ", "x": "хχХΧ×", "y": "уγүʏУΥ", "z": "ᴢΖʐᴢ",
	} {
		for _, r := range row {
			out[unicode.ToLower(r)], out[r] = latin, latin
		}
	}
	return out
}()

// writtenOut are proper letters of Latin alphabets without a decomposition.
var writtenOut = map[rune]string{
	'ß': "ss", 'ẞ': "ss", 'æ': "ae", 'Æ': "ae", 'œ': "oe", 'Œ': "oe", 'ø': "o", 'Ø': "o",
	'ł': "l", 'Ł': "l", 'đ': "d", 'Đ': "d", 'ð': "d", 'Ð': "d",
	'‘': "'", '’': "'", 'ʼ': "'", '‛': "'", '´': "'", '′': "'", '＇': "'",
	'“': "\"", '”': "\"", '„': "\"", '«': "\"", '»': "\"",
	'–': "-", '—': ",", '‐': "-", '‑': "-", '‒': "-", '−': "-", '…': ".", '·': "-", '•': "\n",
	'€': "$", '£': "$", '¿': " ", '¡': " ",
}

// foldRune appends the plain characters of one visible rune.
func foldRune(cells []cell, r rune, start, end int, hidden bool) []cell {
	var f cellFlag
	if hidden {
		f = glue
	}
	if unicode.IsUpper(r) {
		f |= upper
	}
	add := func(s string) []cell {
		for i := 0; i < len(s); i++ {
			cells = append(cells, cell{start: int32(start), end: int32(end), c: s[i], flags: f})
		}
		return cells
	}
	if s, ok := writtenOut[r]; ok {
		return add(s)
	}
	if s, ok := alikes[r]; ok {
		f |= alike
		return add(s)
	}
	if s, ok := boxed(r); ok {
		return add(s)
	}
	if unicode.IsSpace(r) {
		return add(" ")
	}
	return foldCompatible(cells, r, start, end, f)
}

// foldCompatible undoes accents and fancy forms; a letter that is none of a
// to z afterwards is foreign.
func foldCompatible(cells []cell, r rune, start, end int, f cellFlag) []cell {
	var buf [24]byte
	before := len(cells)
	for _, d := range string(norm.NFKD.AppendString(buf[:0], string(r))) {
		c := cell{start: int32(start), end: int32(end), flags: f}
		switch {
		case d < 0x80:
			base := asciiCell(byte(d), start, false)
			c.c, c.flags = base.c, c.flags|base.flags
		case unicode.Is(unicode.Mn, d):
			continue
		case alikes[d] != "":
			c.c, c.flags = alikes[d][0], c.flags|alike
		case unicode.IsLetter(d):
			c.c, c.flags = 'x', c.flags|foreign
		case unicode.IsNumber(d):
			c.c, c.flags = '0', c.flags|foreign
		default:
			c.c = sign
		}
		cells = append(cells, c)
	}
	if len(cells) == before {
		cells = append(cells, cell{start: int32(start), end: int32(end), c: sign})
	}
	return cells
}

// boxed reads letters in boxes and regional indicators, which are shown as
// letters where no flag is known.
func boxed(r rune) (string, bool) {
	for _, from := range [...]rune{0x1f150, 0x1f170, 0x1f1e6} {
		if r >= from && r < from+26 {
			return string(rune('a' + r - from)), true
		}
	}
	return "", false
}
