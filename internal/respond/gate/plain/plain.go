// Package plain reads a text the way a person would who is not fooled: capitals,
// accents, fancy letters, look-alikes, digits for letters, spaced letters and
// invisible characters are all undone, and every word still knows its place
// in the original. It knows letters, not meanings.
package plain

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// Kind is what a word is made of.
type Kind uint8

// The kinds of words.
const (
	Letters Kind = iota // a word
	Number              // a number, time, date or amount
	Phone               // a telephone number, as digits only
	Address             // a web or e-mail address
	Mark                // one of . ! ? , ; : % $ # ( ) and line ends ("\n")
)

// Trick is a way of hiding a word.
type Trick uint8

// The tricks, as a set.
const (
	Invisible Trick = 1 << iota // characters that cannot be seen, or broken ones
	LookAlike                   // letters of another script among Latin ones
	Foreign                     // a letter that is none of a to z
	Digits                      // digits or signs for letters
	Spaced                      // letters set apart
	Fancy                       // letters that only look like a to z, such as circled or mathematical ones
	Broken                      // in pieces, run together or with its letters swapped, as a reader of words found
)

// Word is one word of a text in its plain form.
type Word struct {
	Text       string // lower case, a to z, digits and apostrophes
	Start, End int    // bytes of the original
	Sentence   int    // counted from 0
	Kind       Kind
	Tricks     Trick
	Capital    bool // the original starts with a capital
	Shout      bool // the original is all capitals, of two letters or more
	First      bool // first of its sentence
}

// Text is a text as read.
type Text struct {
	Words     []Word
	Sentences int
	// Hidden are places with invisible or broken characters.
	Hidden [][2]int
	// Strewn says that signs stand before, between or behind most of the words.
	Strewn bool
	// Mended says that a reader of words joined, divided or corrected some.
	Mended bool
}

// cell is one plain character and where it came from.
type cell struct {
	start, end int32
	c          byte // a-z, 0-9, punctuation, ' ' or sign
	flags      cellFlag
}

type cellFlag uint8

const (
	upper cellFlag = 1 << iota
	alike
	foreign
	glue // an invisible character stood before this one
	fancy
)

// fancyFrom is where characters begin that no Latin alphabet has.
const fancyFrom = 0x2000

// sign stands for every symbol and emoji.
const sign = '\x01'

// Read reads a text. It takes time in proportion to its length and accepts
// any bytes.
func Read(s string) Text {
	var t Text
	cells := make([]cell, 0, len(s)+8)
	marks := 0
	hidden := false
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf && (c >= ' ' && c != 0x7f || c == '\n' || c == '\t' || c == '\r') {
			cells = append(cells, asciiCell(c, i, hidden))
			hidden, marks = false, 0
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case isMark(r):
			if marks++; marks > 2 {
				t.Hidden = append(t.Hidden, [2]int{i, i + n})
			}
			if last := len(cells) - 1; last >= 0 {
				cells[last].end = int32(i + n)
			}
		case joinsEmoji(r, s[:i], s[i+n:]):
		case isHidden(r, n):
			t.Hidden = append(t.Hidden, [2]int{i, i + n})
			hidden = true
		default:
			before := len(cells)
			cells = foldRune(cells, r, i, i+n, hidden)
			if r >= fancyFrom && isAlnum(cells[before].c) {
				cells[before].flags |= fancy
			}
			hidden, marks = false, 0
		}
		i += n
	}
	words(&t, cells)
	return t
}

func asciiCell(c byte, at int, hidden bool) cell {
	out := cell{start: int32(at), end: int32(at + 1), c: c}
	switch {
	case c >= 'A' && c <= 'Z':
		out.c, out.flags = c+'a'-'A', upper
	case c == '\t' || c == '\r':
		out.c = ' '
	}
	if hidden {
		out.flags |= glue
	}
	return out
}

func isMark(r rune) bool {
	return r >= 0x300 && unicode.Is(unicode.Mn, r) && !isSelector(r)
}

func isSelector(r rune) bool { return r >= 0xfe00 && r <= 0xfe0f }

// joinsEmoji reports whether r is a joiner or selector in its proper place:
// after an emoji.
func joinsEmoji(r rune, before, after string) bool {
	if !isSelector(r) && r != 0x200d && r != 0x20e3 {
		return false
	}
	prev, _ := utf8.DecodeLastRuneInString(before)
	if isSelector(r) || r == 0x20e3 {
		return isEmoji(prev) || prev >= '0' && prev <= '9' || prev == '#' || isSelector(prev)
	}
	next, _ := utf8.DecodeRuneInString(after)
	return (isEmoji(prev) || isSelector(prev)) && isEmoji(next)
}

func isEmoji(r rune) bool {
	return unicode.Is(unicode.So, r) || r >= 0x1f3fb && r <= 0x1f3ff // tones of skin
}

// isHidden reports whether r (n bytes long) cannot be seen or is no character.
func isHidden(r rune, n int) bool {
	switch {
	case r == utf8.RuneError && n <= 1:
		return true
	case r == 0x115f || r == 0x1160 || r == 0x3164 || r == 0xffa0 || r == 0x2800 || r == 0x180e:
		return true // blank letters
	case r == 0xfffc || r == 0xfffd:
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp, unicode.Me, unicode.Variation_Selector) ||
		unicode.Is(unicode.Noncharacter_Code_Point, r) || unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r)
}

// Disguised reports whether a reader of plain letters would read something else
// than is written.
func (t *Text) Disguised() bool {
	return len(t.Hidden) > 0 || t.Strewn || t.Mended || slices.ContainsFunc(t.Words, func(w Word) bool { return w.Tricks != 0 })
}
