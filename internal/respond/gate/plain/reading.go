package plain

import (
	"slices"
	"strings"
)

// Reading is a text with what the book knows of each word.
type Reading struct {
	Text
	book *Book
	ids  [][]uint16
	plan []int  // the words without marks, in order
	ask  []bool // by sentence
}

// Read looks every word of a text up.
func (b *Book) Read(t Text) *Reading {
	r := &Reading{Text: t, book: b, ids: make([][]uint16, len(t.Words)), plan: make([]int, 0, len(t.Words)), ask: make([]bool, t.Sentences+1)}
	for i, w := range t.Words {
		switch w.Kind {
		case Mark:
			if w.Text == "?" {
				r.ask[w.Sentence] = true
			}
			continue
		case Letters:
			r.ids[i] = b.lookup(w.Text)
		case Number:
			r.ids[i] = b.exact["0"]
		}
		r.plan = append(r.plan, i)
	}
	return r
}

// Has reports whether a class or a phrase names this very word.
func (b *Book) Has(w string) bool { return len(b.exact[w]) > 0 }

// Names are the short names of the classes and the parts of phrases that name
// this very word.
func (b *Book) Names(w string) []uint16 { return b.exact[w] }

func (b *Book) lookup(w string) []uint16 {
	ids := b.exact[w]
	if len(w) < 2 {
		return ids
	}
	ids = ids[:len(ids):len(ids)]
	for _, s := range b.stems[[2]byte{w[0], w[1]}] {
		if strings.HasPrefix(w, s.text) {
			ids = append(ids, s.id)
		}
	}
	return ids
}

// ClassID is a short name for a class, for Reading.IDs; 0 when there is none.
func (b *Book) ClassID(name string) uint16 { return b.classes[name] }

// IDs is how many short names there are, 0 included.
func (b *Book) IDs() int { return len(b.elements) + len(b.classes) + 1 }

// Classes lists the names of the classes that begin with prefix, sorted.
func (b *Book) Classes(prefix string) []string {
	var out []string
	for name := range b.classes {
		if strings.HasPrefix(name, prefix) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// Asks reports whether a sentence is a question.
func (r *Reading) Asks(sentence int) bool { return r.ask[sentence] }

// IDs are the short names of what word i is found under: its classes, and what
// phrases look for.
func (r *Reading) IDs(i int) []uint16 { return r.ids[i] }

// In reports whether word i is of a class.
func (r *Reading) In(i int, class string) bool {
	id, ok := r.book.classes[class]
	return ok && slices.Contains(r.ids[i], id)
}

// Matches returns every phrase found, in the order of their places.
func (r *Reading) Matches() []Match {
	var out []Match
	for at, i := range r.plan {
		for _, id := range r.ids[i] {
			for _, p := range r.book.first[id] {
				out = r.try(out, p, at)
			}
		}
		for _, p := range r.book.loose {
			out = r.try(out, p, at)
		}
	}
	return out
}

func (r *Reading) try(out []Match, p *phrase, at int) []Match {
	w := r.Words[r.plan[at]]
	if p.start && !w.First || p.question && !r.ask[w.Sentence] {
		return out
	}
	if end := r.match(p.steps, at, w.Sentence); end > 0 {
		out = append(out, Match{Topic: p.topic, Phrase: p.text, From: r.plan[at], To: r.plan[end-1] + 1})
	}
	return out
}

// match returns the place in plan behind the match, or 0.
func (r *Reading) match(steps []step, at, sentence int) int {
	for k, st := range steps {
		if st.gap {
			for skip := 0; skip <= 4; skip++ {
				if end := r.match(steps[k+1:], at+skip, sentence); end > 0 {
					return end
				}
			}
			return 0
		}
		if at >= len(r.plan) || r.Words[r.plan[at]].Sentence != sentence {
			return 0
		}
		if !st.any && slices.Contains(r.ids[r.plan[at]], st.id) == st.not {
			return 0
		}
		at++
	}
	return at
}
