package gate

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// disguise writes a text so that a reader still gets it and a list of words does
// not.
type disguise func(*rand.Rand, string) string

// disguises are ways to write words in signs that none who means well uses, or that
// must not change what is read; none may make a refused reply pass.
var disguises = map[string]disguise{
	"capitals":   plainly(strings.ToUpper),
	"small":      plainly(strings.ToLower),
	"mixed case": func(r *rand.Rand, s string) string { return eachRune(s, func(c rune) string { return anyCase(r, c) }) },

	"accents": after("\u0301"), "dots below": after("\u0323"), "strokes": after("\u0336"), "rings": after("\u20dd"), "keycaps": after("\u20e3"),
	"space of no width": after("\u200b"), "joiner": after("\u200d"), "non-joiner": after("\u200c"), "soft hyphen": after("\u00ad"),
	"word joiner": after("\u2060"), "byte order mark": after("\ufeff"), "direction mark": after("\u200e"), "Hangul filler": after("\u3164"),
	"selector": after("\ufe0f"), "more selectors": after("\U000e0101"), "tags": after("\U000e0061"), "braille blank": after("\u2800"),
	"Mongolian vowel": after("\u180e"), "grapheme joiner": after("\u034f"), "control": after("\x07"), "broken bytes": after("\xff"), "private use": after("\ue000"),
	"override": eachWord(func(w string) string { return "\u202e" + backwards(w) + "\u202c" }),
	"isolates": eachWord(func(w string) string { return "\u2067" + w + "\u2069" }),
	"Hebrew":   eachWord(func(w string) string { return "א" + w }),

	"full width": shift(0xff21, 0xff41), "bold": shift(0x1d400, 0x1d41a), "script": shift(0x1d4d0, 0x1d4ea), "Fraktur": shift(0x1d56c, 0x1d586),
	"typewriter": shift(0x1d670, 0x1d68a), "circled": shift(0x24b6, 0x24d0), "in brackets": shift(0x249c, 0x249c), "squared": shift(0x1f130, 0x1f130),
	"black circles": shift(0x1f150, 0x1f150), "black squares": shift(0x1f170, 0x1f170), "regional": shift(0x1f1e6, 0x1f1e6),
	"small capitals": letters("abcdefghijklmnopqrstuvwxyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘǫʀꜱᴛᴜᴠᴡxʏᴢ"),
	"superscripts":   letters("abcdefghijklmnoprstuvwxyz", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ"),
	"upside down":    letters("abcdefghijklmnopqrtuvwy", "ɐqɔpǝɟƃɥᴉɾʞlɯuodbɹʇnʌʍʎ"),
	"Cyrillic":       letters("aeopcxyisj", "аеорсхуіѕј"), "Greek": letters("aeiouvptkx", "αειουνρτκχ"), "Armenian": letters("oungqhs", "օսոցզհտ"),
	"Cherokee": letters("abdehiklmprstvwz", "ꭺᏼꭰꭼꮋꭵꮶꮮꮇꮲꮢꮪꭲꮩꮃꮓ"), "Cherokee capitals": letters("aehipstvwz", "ᎪᎬᎻᏆᏢᏚᎢᏙᎳᏃ"),
	"other Latin": letters("abcdefghijklnoprstuyz", "ąƀçđęƒğħıĵķłñøþŗşŧųýž"), "African Latin": letters("bdefghknopstvy", "ɓɗɛƒɠɦƙŋɔƥʃƭʋƴ"),
	"phonetic": letters("aeiorsgzvu", "ɑɘɩɵɾʂɡʐⱱʊ"), "Coptic": letters("aoemnptc", "ⲁⲟⲉⲙⲛⲣⲧⲥ"), "Lisu": letters("abdefghijklmnoprstuvwxyz", "ꓮꓐꓓꓰꓝꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ"),
	"one Cyrillic": eachWord(func(w string) string { return strings.Replace(w, "o", "о", 1) }),

	"spaced": between(" ", " "), "wide spaced": between(" ", "   "), "hard spaced": between("\u00a0", "\u00a0\u00a0"), "thin spaced": between("\u2009", " "), "tabbed": between("\t", "\t\t"),
	"dotted": between(".", " "), "dashed": between("-", " "), "underscored": between("_", " "), "slashed": between("/", " "), "backslashed": between("\\", " "), "starred": between("*", " "),
	"commas": between(",", " "), "piped": between("|", " "), "bullets": between("·", " "), "tildes": between("~", " "), "quoted letters": between("\"", " "),
	"apart": between("\n", "\n\n"), "with hearts": between("❤", " "), "plus": between("+", " "), "colons": between(":", " "), "bracketed": letter("(%c)"), "in squares": letter("[%c]"),
}

// rewritings change how words are cut and spelled. What remains to be read is not
// always what was there, so that a few in a hundred may pass.
var rewritings = map[string]disguise{
	"in twos": eachWord(func(w string) string { return cut(w, 2, " ") }), "dashes in twos": eachWord(func(w string) string { return cut(w, 2, "-") }),
	"dots in threes": eachWord(func(w string) string { return cut(w, 3, ".") }), "broken lines": eachWord(func(w string) string { return cut(w, 3, "\n") }),
	"broken off": eachWord(func(w string) string { return cut(w, 3, "-\n") }),

	"digits": letters("aeost", "43057"), "more digits": letters("aeiostbg", "43105789"), "signs": letters("asil", "@$!|"), "vowel stars": letters("aeiou", "*****"),
	"crosses": letters("ti", "+!"), "doubled": letters("aeiou", "ä3ïöü"),

	"no spaces": joined(""), "underlined": joined("_"), "kebab": joined("-"), "full stops": joined("."), "slashes": joined("/"), "pluses": joined("+"), "hearts": joined("❤️"), "bars": joined("|"), "stars": joined("*"), "equals": joined("="),
	"camel": titled(""), "one hashtag": plainly(func(s string) string { return "#" + titled("")(nil, s) }), "small hashtag": plainly(func(s string) string { return "#" + strings.ToLower(joined("")(nil, s)) }),
	"hashtags": eachWord(func(w string) string { return "#" + w }), "in pairs": plainly(pairs), "mentions": eachWord(func(w string) string { return "@" + w }),

	"entities": letter("&#%d;"), "hex entities": letter("&#x%x;"), "entities without end": letter("&#%d"), "escapes": letter(`\u%04x`), "percent": letter("%%%02x"),
	"one entity": eachWord(func(w string) string { return entity(w) }), "soft entity": eachWord(func(w string) string { return cut(w, 3, "&shy;") }), "blank entity": eachWord(func(w string) string { return cut(w, 3, "&#8203;") }),
	"tags in words": eachWord(func(w string) string { return cut(w, 2, "<b></b>") }), "remarks": eachWord(func(w string) string { return cut(w, 2, "<!-- -->") }), "tags around": eachWord(func(w string) string { return "<i>" + w + "</i>" }),
	"query": func(_ *rand.Rand, s string) string { return url.QueryEscape(s) }, "base64": plainly(func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }),
	"path": plainly(func(s string) string { return "https://x.example/" + slug(s) }), "domain": plainly(func(s string) string { return slug(s) + ".example" }),
	"mailbox": plainly(func(s string) string { return strings.ReplaceAll(slug(s), "-", ".") + "@x.example" }), "search": plainly(func(s string) string { return "https://x.example/?q=" + url.QueryEscape(s) }),
	"paths in pieces": plainly(func(s string) string { return "See x.example/" + strings.ReplaceAll(slug(s), "-", "/") }),

	"bold marks": eachWord(func(w string) string { return "**" + w + "**" }), "code marks": eachWord(func(w string) string { return "`" + w + "`" }), "bold halves": eachWord(func(w string) string { return cut(w, 2, "**") }),
	"struck out": eachWord(func(w string) string { return "~~" + w + "~~" }), "slanted": eachWord(func(w string) string { return "_" + w + "_" }), "quoted": eachWord(func(w string) string { return "\"" + w + "\"" }),
	"links": eachWord(func(w string) string { return "[" + w + "](https://x.example)" }),

	"backwards": plainly(backwards), "words backwards": eachWord(backwards), "stretched": eachWord(stretch), "no vowels": letters("aeiou", ""), "rot13": plainly(rot13), "swapped": eachWord(swapped),
	"buried": plainly(func(s string) string { return strings.Repeat(calm, 60) + s + " " + strings.Repeat(calm, 60) }), "at the end": plainly(func(s string) string { return strings.Repeat(calm, 150) + s }),
	"blank lines":   plainly(func(s string) string { return strings.Repeat("\n", 2000) + s }),
	"Arabic digits": letters("0123456789", "٠١٢٣٤٥٦٧٨٩"), "Indian digits": letters("0123456789", "०१२३४५६७८९"), "wide digits": letters("0123456789", "０１２３４５６７８９"),
}

const calm = "We read every comment, and our office is open from Monday to Friday. "

func plainly(f func(string) string) disguise {
	return func(_ *rand.Rand, s string) string { return f(s) }
}

func eachRune(s string, f func(rune) string) string {
	var b strings.Builder
	for _, c := range s {
		b.WriteString(f(c))
	}
	return b.String()
}

func eachWord(f func(string) string) disguise {
	return plainly(func(s string) string {
		words := strings.Fields(s)
		for i, w := range words {
			words[i] = f(w)
		}
		return strings.Join(words, " ")
	})
}

func anyCase(r *rand.Rand, c rune) string {
	if r.IntN(2) == 0 {
		return string(unicode.ToUpper(c))
	}
	return string(unicode.ToLower(c))
}

// after puts something behind a third of the letters.
func after(add string) disguise {
	return func(r *rand.Rand, s string) string {
		return eachRune(s, func(c rune) string {
			if unicode.IsLetter(c) && r.IntN(3) == 0 {
				return string(c) + add
			}
			return string(c)
		})
	}
}

// shift writes in an alphabet that begins elsewhere.
func shift(upper, lower rune) disguise {
	return plainly(func(s string) string {
		return eachRune(s, func(c rune) string {
			switch {
			case c >= 'A' && c <= 'Z':
				return string(upper + c - 'A')
			case c >= 'a' && c <= 'z':
				return string(lower + c - 'a')
			}
			return string(c)
		})
	})
}

// letters writes other signs for some letters, in small letters.
func letters(from, to string) disguise {
	f, t := []rune(from), []rune(to)
	return plainly(func(s string) string {
		return eachRune(strings.ToLower(s), func(c rune) string {
			if i := slices.Index(f, c); i >= 0 {
				return string(t[min(i, len(t)):min(i+1, len(t))])
			}
			return string(c)
		})
	})
}

func letter(format string) disguise {
	return plainly(func(s string) string {
		return eachRune(s, func(c rune) string {
			if unicode.IsLetter(c) {
				return fmt.Sprintf(format, c)
			}
			return string(c)
		})
	})
}

// between sets the letters of words apart, and the words by gap.
func between(sep, gap string) disguise {
	return plainly(func(s string) string {
		words := strings.Fields(s)
		for i, w := range words {
			words[i] = cut(w, 1, sep)
		}
		return strings.Join(words, gap)
	})
}

func cut(w string, n int, sep string) string {
	var parts []string
	for c := range slices.Chunk([]rune(w), n) {
		parts = append(parts, string(c))
	}
	return strings.Join(parts, sep)
}

func joined(sep string) disguise {
	return plainly(func(s string) string { return strings.Join(strings.Fields(s), sep) })
}

func titled(sep string) disguise {
	return plainly(func(s string) string {
		words := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		for i, w := range words {
			words[i] = strings.ToUpper(w[:1]) + w[1:]
		}
		return strings.Join(words, sep)
	})
}

// pairs joins every two words.
func pairs(s string) string {
	var out []string
	for c := range slices.Chunk(strings.Fields(s), 2) {
		out = append(out, strings.Join(c, ""))
	}
	return strings.Join(out, " ")
}

func slug(s string) string { return strings.ToLower(titled("-")(nil, s)) }

func entity(w string) string {
	r := []rune(w)
	return fmt.Sprintf("&#%d;%s", r[0], string(r[1:]))
}

func backwards(s string) string {
	r := []rune(s)
	slices.Reverse(r)
	return string(r)
}

func stretch(w string) string {
	return eachRune(w, func(c rune) string {
		if strings.ContainsRune("aeiou", c) {
			return strings.Repeat(string(c), 3)
		}
		return string(c)
	})
}

func rot13(s string) string {
	return eachRune(s, func(c rune) string {
		switch {
		case c >= 'a' && c <= 'z':
			return string('a' + (c-'a'+13)%26)
		case c >= 'A' && c <= 'Z':
			return string('A' + (c-'A'+13)%26)
		}
		return string(c)
	})
}

// swapped changes two letters inside a word.
func swapped(w string) string {
	r := []rune(w)
	if len(r) > 3 {
		r[1], r[2] = r[2], r[1]
	}
	return string(r)
}
