package gate

import (
	"strings"

	"triage/internal/respond/gate/plain"
)

// What is looked at to find words in pieces, in one, or misspelled.
const (
	mostPieces  = 8  // that are read as one word
	longestWord = 20 // letters, of those a fused word is made of
	shortFused  = 6  // letters of the shortest that may be several words
	longFused   = 14 // letters, from which on one is likely several
	mostFused   = 400
	longName    = 12 // letters, from which on a word is hardly a name
)

// mend reads what the writing of words has broken: pieces of a word are joined,
// words without a space between them are divided, and swapped, stretched and
// backward letters put right, wherever that makes an everyday word of what is
// none. It reports whether anything was.
func (l *tongue) mend(t *plain.Text, text string, may allowed) bool {
	odd, all := 0, 0
	for _, w := range t.Words {
		if w.Kind == plain.Letters {
			if all++; l.odd(w) {
				odd++
			}
		}
	}
	if odd == 0 {
		return false
	}
	m := mender{tongue: l, may: may, text: text, in: t.Words, out: make([]plain.Word, 0, len(t.Words)+8), often: odd*oddShare >= all}
	for i := 0; i < len(m.in); {
		i = m.next(i)
	}
	if m.changed {
		t.Words, t.Mended = m.out, true
	}
	return m.changed
}

// oddShare is how many words there may be to an odd one for odd ones to be many.
const oddShare = 5

// mender is a text on its way from its words as written to mended ones.
type mender struct {
	*tongue
	may     allowed
	text    string
	in, out []plain.Word
	changed bool
	often   bool // many words are odd
}

// odd reports a word that is in no list at all.
func (l *tongue) odd(w plain.Word) bool {
	return w.Kind == plain.Letters && !l.listed(w.Text)
}

func (l *tongue) listed(w string) bool {
	base := strings.TrimSuffix(w, "'s")
	return len(w) < 2 && l.single(w) || l.knows(w) || l.technical[base] || l.names[base] || l.book.Has(base)
}

// single reports whether a letter is a word by itself.
func (l *tongue) single(w string) bool { return w == "a" || w == "i" || strings.Contains(l.singles, w) }

// next mends what begins at word i and returns the first word behind it.
func (m *mender) next(i int) int {
	w := m.in[i]
	if w.Kind != plain.Letters {
		m.out = append(m.out, w)
		return i + 1
	}
	if end := m.join(i); end > i {
		return end
	}
	if !m.odd(w) || m.may.staff[nameOf(w)] || w.Capital && m.may.nameOf(nameOf(w)) {
		m.out = append(m.out, w)
		return i + 1
	}
	if better := m.amend(w); better != "" {
		if !stretched(w.Text) {
			w.Tricks |= plain.Broken
		}
		w.Text, m.changed = better, true
		m.out = append(m.out, w)
		return i + 1
	}
	m.divide(w)
	return i + 1
}

// likeName reports a word whose capital may be that of a name.
func (m *mender) likeName(w plain.Word) bool {
	return w.Capital && !w.Shout && len(w.Text) < longName && (len(m.out) == 0 || m.out[len(m.out)-1].Text != "#")
}

// join reads pieces that only together are a word as that word. What stands
// between them does not matter: one of them is no word by itself.
func (m *mender) join(i int) int {
	var word strings.Builder
	odd, pieces, end, best := false, 0, i, ""
	for k := i; k < len(m.in) && pieces < mostPieces && word.Len() < longestWord; k++ {
		w := m.in[k]
		if w.Kind == plain.Mark && k > i && m.in[k-1].Kind != plain.Mark && !m.spaced(k) {
			continue // "vi.sit"
		}
		if w.Kind != plain.Letters || k > i && w.Capital && !m.in[k-1].Capital || w.Shout != m.in[i].Shout && len(w.Text) > 1 || !m.piece(i, k) {
			break
		}
		odd = odd || m.odd(w) && (len(w.Text) > 1 || pieces > 1)
		word.WriteString(w.Text)
		pieces++
		if s := word.String(); pieces > 1 && odd && len(s) > 3 && m.everyday(s) {
			end, best = k+1, s
		}
	}
	if best == "" {
		return i
	}
	w := m.in[i]
	w.Text, w.End, m.changed = best, m.in[end-1].End, true
	w.Tricks |= plain.Broken
	m.out = append(m.out, w)
	return end
}

// piece reports whether word k may belong to the same word as word i: a unit
// behind its number does not, nor a letter with a space before or behind it.
func (m *mender) piece(i, k int) bool {
	if k == i {
		return i == 0 || m.in[i-1].Kind != plain.Number || m.in[i-1].End != m.in[i].Start
	}
	return len(m.in[k].Text) > 1 && len(m.in[k-1].Text) > 1 || !m.spaced(k)
}

// spaced reports whether a space stands before word k. Words of one fancy sign
// share its place.
func (m *mender) spaced(k int) bool {
	from, to := m.in[k-1].End, m.in[k].Start
	return from < to && strings.ContainsAny(m.text[from:to], " \u00a0")
}

// everyday reports a word of the vocabulary or of medicine.
func (l *tongue) everyday(w string) bool { return l.vocabulary[w] || l.technical[w] || l.book.Has(w) }

// amend is the everyday word that w is when its letters are put right, or "".
func (m *mender) amend(word plain.Word) string {
	l, w := m.tongue, word.Text
	if len(w) < 4 || len(w) > longestWord*2 || m.likeName(word) && !word.First {
		return ""
	}
	if s := squeeze(w, 2); s != w { // "sooo gooood"
		if once := squeeze(w, 1); !l.listed(s) && l.listed(once) {
			return once
		}
		return s
	}
	if !m.often && len(w) < 6 || m.likeName(word) && len(w) < 6 {
		return ""
	}
	b := []byte(w)
	for i := 1; i < len(b); i++ {
		b[i-1], b[i] = b[i], b[i-1]
		if l.vocabulary[string(b)] {
			return string(b)
		}
		b[i-1], b[i] = b[i], b[i-1]
	}
	if !m.often {
		return ""
	}
	for i, k := 0, len(b)-1; i < k; i, k = i+1, k-1 {
		b[i], b[k] = b[k], b[i]
	}
	if l.vocabulary[string(b)] || l.names[string(b)] {
		return string(b)
	}
	return ""
}

// squeeze leaves at most so many of one letter in a row.
func squeeze(w string, most int) string {
	out, n := make([]byte, 0, len(w)), 0
	for i := range len(w) {
		if n++; i > 0 && w[i] != w[i-1] {
			n = 1
		}
		if n <= most {
			out = append(out, w[i])
		}
	}
	return string(out)
}
