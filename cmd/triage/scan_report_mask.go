package main

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"triage/internal/classify"
)

// finding is a comment among the most serious, without a word of it.
type finding struct {
	input              int
	line               int64
	id                 string // only where it cannot be a name
	platform           string
	date               time.Time
	level              classify.Level
	score              float64
	urgent, identifier bool
	masked             string
	words              int
	cut                bool // masked is only the beginning
	why                []string
}

// mostSerious is how many comments the report shows.
const mostSerious = 20

// worst keeps the most serious comments, the worst first.
type worst []finding

// add keeps a comment if it is among them; of two alike the first stays.
func (w *worst) add(rec entry, j *classify.Judgement) {
	if !j.Judged || j.Level == classify.None && !j.Urgent && !j.Identifier {
		return
	}
	f := finding{level: j.Level, score: j.Score, urgent: j.Urgent, identifier: j.Identifier}
	i := len(*w)
	for i > 0 && f.worse((*w)[i-1]) {
		i--
	}
	if i == mostSerious {
		return
	}
	f.input, f.line, f.platform, f.date = rec.input, rec.Line, rec.platform, rec.date
	m := mask(rec.Text)
	f.masked, f.words, f.cut = m.String(), m.words, m.cut
	if rec.Named && plainID(rec.ID) {
		f.id = rec.ID
	}
	for _, r := range j.Reasons {
		if !slices.Contains(f.why, r.Why) {
			f.why = append(f.why, r.Why)
		}
	}
	*w = slices.Insert(*w, i, f)
	*w = (*w)[:min(len(*w), mostSerious)]
}

// worse: who may need help now first, then by level, then who can be
// recognized, then by score.
func (f finding) worse(than finding) bool {
	switch {
	case f.urgent != than.urgent:
		return f.urgent
	case f.level != than.level:
		return f.level > than.level
	case f.identifier != than.identifier:
		return f.identifier
	}
	return f.score > than.score
}

var idShape = regexp.MustCompile(`^[0-9A-Za-z_:.-]{1,64}$`)
var idWord = regexp.MustCompile(`[A-Za-z]{3}|^[^0-9]*$`)

// plainID reports an id that holds no word: some exports put a name or an
// address there.
func plainID(id string) bool { return idShape.MatchString(id) && !idWord.MatchString(id) }

// As much of a text is shown, masked.
const (
	maskedRunes = 600
	maskedLines = 12
)

// masking is a text as bars under way: one for each letter, digit and sign, in
// words and lines as long as they were, without pictures.
type masking struct {
	strings.Builder
	words, lines, runes int
	gap                 rune // what stands before the next bar, 0 within a word
	cut                 bool // the text went on after what is shown
}

// mask masks a text and counts its words, also those that are not shown.
func mask(text string) *masking {
	m := &masking{gap: '\n'}
	for _, r := range text {
		switch {
		case r == '\n', r == '\u2028', r == '\u2029':
			m.gap = '\n'
		case unicode.IsSpace(r) && m.gap == 0:
			m.gap = ' '
		case unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.Sm, unicode.Sc):
			m.bar()
		}
	}
	return m
}

func (m *masking) bar() {
	if m.gap != 0 {
		m.words++
	}
	if m.gap == '\n' {
		m.lines++
	}
	if m.runes++; m.runes > maskedRunes || m.lines > maskedLines {
		m.cut = true
	} else {
		if m.gap != 0 && m.Len() > 0 {
			m.WriteRune(m.gap)
		}
		m.WriteRune('█')
	}
	m.gap = 0
}
