// Package inert makes what a stranger wrote harmless to look at: text taken apart
// into runs, with what would not be seen, or would turn a line around, named.
package inert

import (
	"fmt"
	"slices"
	"unicode"

	"triage/internal/classify"
)

// What a stranger wrote is shown as harmless text: at most so many characters
// and reasons, so many marks stacked on a letter.
const (
	MostCharacters = 20000
	MostReasons    = 40
	mostStacked    = 4
)

// Piece is a run of a comment that is shown in one way. The template escapes
// it.
type Piece struct {
	Text string
	// Why are the numbers of the reasons that the run is part of.
	Why []int
	// Last says that these reasons end here.
	Last bool
	// Sign stands for an invisible character.
	Sign bool
}

// Text takes a comment apart; cut: its end is not shown. Reasons are byte offsets; those outside of the
// text mark nothing.
func Text(text string, reasons []classify.Reason) (pieces []Piece, cut bool) {
	if len(reasons) > MostReasons {
		reasons = reasons[:MostReasons]
	}
	b := builder{}
	shown := 0
	for i, r := range text {
		if shown++; shown > MostCharacters {
			cut = true
			break
		}
		b.why = under(reasons, i)
		b.add(r)
	}
	b.flush()
	for i := range b.out {
		next := []int(nil)
		if i+1 < len(b.out) {
			next = b.out[i+1].Why
		}
		b.out[i].Last = len(b.out[i].Why) > 0 && !slices.Equal(b.out[i].Why, next)
	}
	return b.out, cut
}

// under are the numbers, from 1, of the reasons that cover the byte at i.
func under(reasons []classify.Reason, i int) []int {
	var out []int
	for n, r := range reasons {
		if r.Start <= i && i < r.End {
			out = append(out, n+1)
		}
	}
	return out
}

// builder collects runes into pieces.
type builder struct {
	out     []Piece
	run     []rune
	runWhy  []int
	why     []int
	stacked int
}

func (b *builder) add(r rune) {
	if unicode.In(r, unicode.Mn, unicode.Me) {
		if b.stacked++; b.stacked > mostStacked {
			return
		}
	} else {
		b.stacked = 0
	}
	if !slices.Equal(b.why, b.runWhy) {
		b.flush()
		b.runWhy = b.why
	}
	if sign := signFor(r); sign != "" {
		b.flush()
		b.out = append(b.out, Piece{Text: sign, Why: b.why, Sign: true})
		return
	}
	b.run = append(b.run, r)
}

func (b *builder) flush() {
	if len(b.run) > 0 {
		b.out = append(b.out, Piece{Text: string(b.run), Why: b.runWhy})
		b.run = nil
	}
}

// signNames name the invisible characters that change what one reads.
var signNames = map[rune]string{
	'\u202a': "left-to-right", '\u202b': "right-to-left", '\u202c': "end of direction",
	'\u202d': "left-to-right forced", '\u202e': "right-to-left forced",
	'\u2066': "left-to-right", '\u2067': "right-to-left", '\u2068': "direction", '\u2069': "end of direction",
	'\u200e': "left-to-right", '\u200f': "right-to-left", '\u061c': "right-to-left",
}

// signFor is what is shown for a character that would not be seen, or would
// turn the line around. Joiners stay: scripts and emoji need them.
func signFor(r rune) string {
	if name, ok := signNames[r]; ok {
		return "[" + name + "]"
	}
	switch {
	case r == '\n', r == '\t', r == '\u200c', r == '\u200d', r == '\u00ad':
		return ""
	case r == '\r':
		return ""
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp):
		return fmt.Sprintf("[U+%04X]", r)
	}
	return ""
}

// Line is Text for a name or a title: one line, bounded.
func Line(s string) string {
	pieces, _ := Text(s, nil)
	out := []rune{}
	for _, p := range pieces {
		out = append(out, []rune(p.Text)...)
	}
	for i, r := range out {
		if unicode.IsSpace(r) {
			out[i] = ' '
		}
	}
	if len(out) > 120 {
		out = append(out[:119], '…')
	}
	return string(out)
}
