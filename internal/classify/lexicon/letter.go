package lexicon

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// letter adds a letter beyond ASCII, folded to what it looks like or is.
func (r *Reading) letter(c rune, at int) {
	upper := unicode.IsUpper(c)
	if l, ok := lookAlike[c]; ok {
		r.begin(at, upper)
		r.foreign++
		r.word = append(r.word, l)
	} else {
		r.fold(c, at, upper)
	}
	if unicode.IsLetter(c) {
		r.count++
		r.letters++
		if upper {
			r.upper++
		}
	}
}

// fold appends the compatibility decomposition of a rune without its marks.
func (r *Reading) fold(c rune, at int, upper bool) {
	letter := r.Raw[at : at+utf8.RuneLen(c)]
	parts := norm.NFKD.PropertiesString(letter).Decomposition() // unlike AppendString makes no garbage
	if parts == nil {
		r.folded = norm.NFKD.AppendString(r.folded[:0], letter)
		parts = r.folded
	}
	for _, d := range string(parts) {
		d = unicode.ToLower(d)
		switch {
		case d == 0x303 && len(r.word) > 0 && r.word[len(r.word)-1] == 'n':
			r.word = append(r.word[:len(r.word)-1], "ñ"...)
		case unicode.Is(unicode.Mn, d):
		case d < utf8.RuneSelf && (d >= 'a' && d <= 'z' || d >= '0' && d <= '9'):
			r.begin(at, upper)
			r.word = append(r.word, byte(d))
		case unicode.IsLetter(d) || unicode.IsNumber(d):
			r.begin(at, upper)
			if !unicode.Is(unicode.Latin, d) {
				r.foreign++
			}
			r.word = utf8.AppendRune(r.word, d)
		}
	}
}

// lookAlike maps letters of other scripts to the Latin ones they are mistaken
// for. A word wholly in Cyrillic or Greek still counts as foreign.
var lookAlike = map[rune]byte{
	'а': 'a', 'е': 'e', 'о': 'o', 'р': 'p', 'с': 'c', 'у': 'y', 'х': 'x', 'і': 'i', 'ј': 'j', 'ѕ': 's', 'ԁ': 'd', 'һ': 'h', 'ӏ': 'l', 'к': 'k', 'м': 'm', 'т': 't', 'в': 'b', 'н': 'h',
	'А': 'a', 'Е': 'e', 'О': 'o', 'Р': 'p', 'С': 'c', 'У': 'y', 'Х': 'x', 'І': 'i', 'Ј': 'j', 'Ѕ': 's', 'К': 'k', 'М': 'm', 'Т': 't', 'В': 'b', 'Н': 'h',
	'α': 'a', 'ε': 'e', 'ο': 'o', 'ρ': 'p', 'ν': 'v', 'ι': 'i', 'κ': 'k', 'υ': 'u', 'τ': 't',
	'Α': 'a', 'Β': 'b', 'Ε': 'e', 'Η': 'h', 'Ι': 'i', 'Κ': 'k', 'Μ': 'm', 'Ν': 'n', 'Ο': 'o', 'Ρ': 'p', 'Τ': 't', 'Χ': 'x', 'Υ': 'y', 'Ζ': 'z',
	'ı': 'i', 'ɑ': 'a', 'ɡ': 'g', 'ʟ': 'l', 'ɪ': 'i', 'ɴ': 'n', 'ʀ': 'r', 'ᴀ': 'a', 'ᴄ': 'c', 'ᴇ': 'e', 'ᴏ': 'o', 'ᴛ': 't',
}

// ignorable reports characters that show nothing: zero-width ones, soft
// hyphens, marks of direction, variation selectors.
func ignorable(c rune) bool {
	return unicode.Is(unicode.Cf, c) || c >= 0xFE00 && c <= 0xFE0F || c == 0x115F || c == 0x3164 || c == 0x034F
}

func leet(c byte) byte {
	switch c {
	case '@', '4':
		return 'a'
	case '$', '5':
		return 's'
	case '!', '1':
		return 'i'
	case '3':
		return 'e'
	case '0':
		return 'o'
	case '7':
		return 't'
	}
	return c
}

// unleet reads digits within a word as the letters they stand for; ok says
// that the word has both.
func unleet(w string) (string, bool) {
	letters, digits := 0, 0
	for i := 0; i < len(w); i++ {
		switch c := w[i]; {
		case c >= '0' && c <= '9':
			digits++
		default:
			letters++
		}
	}
	if digits == 0 || letters < 2 || digits > letters {
		return "", false
	}
	b := []byte(w)
	for i, c := range b {
		b[i] = leet(c)
	}
	return string(b), true
}

// unstretch shortens letters repeated three times or more to one ("paaain").
func unstretch(w string) (string, bool) {
	n := 0
	for i := 2; i < len(w); i++ {
		if w[i] == w[i-1] && w[i] == w[i-2] && w[i] > '9' {
			n++
		}
	}
	if n == 0 {
		return "", false
	}
	var b strings.Builder
	for i := 0; i < len(w); {
		j := i + 1
		for j < len(w) && w[j] == w[i] {
			j++
		}
		if j-i < 3 {
			b.WriteString(w[i:j])
		} else {
			b.WriteByte(w[i])
		}
		i = j
	}
	return b.String(), true
}
