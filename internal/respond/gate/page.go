package gate

import (
	"maps"
	"slices"
	"strings"

	"triage/internal/respond/gate/plain"
)

// page is an outgoing text as the rules see it.
type page struct {
	*plain.Reading
	out     Outgoing
	words   *tongue
	matches []plain.Match
	labels  []string // what the scorer calls each word
	staff   []bool   // words of names that may be said
	own     []bool   // addresses and numbers of the practice
	known   []bool   // words of the vocabulary
	flat    bool     // capitals do not tell names
	fine    []bool   // words that excuse the phrase they stand in
	echo    []string // how a word repeats the comment: "med", "word", "number"
}

// page reads an outgoing text for the rules.
func (l *tongue) page(t plain.Text, o Outgoing, may allowed) *page {
	n := len(t.Words)
	flags, names := make([]bool, 3*n), make([]string, 2*n)
	p := &page{
		Reading: l.book.Read(t), out: o, words: l,
		staff: flags[:n:n], own: flags[n : 2*n : 2*n], known: flags[2*n:],
		labels: names[:n:n], echo: names[n:],
	}
	for i, w := range p.Words {
		switch w.Kind {
		case plain.Letters:
			base := strings.TrimSuffix(w.Text, "'s")
			p.staff[i] = may.staff[base] || w.Capital && may.nameOf(base)
			p.known[i] = l.knows(w.Text)
		case plain.Phone, plain.Address, plain.Number:
			p.own[i] = may.owns(w)
		}
		p.labels[i] = p.label(i)
	}
	p.flat = isFlat(p.Words, o.Text)
	p.matches = p.Matches()
	p.fine = p.covered("fine")
	p.compare()
	return p
}

// allowed is what may be said although it looks like a name or an address.
type allowed struct {
	staff map[string]bool // words of names
	own   []string        // plain forms of numbers, addresses and domains
}

// and returns a with more names and addresses; a stays as it is.
func (a allowed) and(staff, own []string) allowed {
	if len(staff)+len(own) == 0 {
		return a
	}
	out := allowed{staff: map[string]bool{}, own: slices.Clone(a.own)}
	maps.Copy(out.staff, a.staff)
	for _, n := range staff {
		for _, w := range plain.Read(n).Words {
			if w.Kind == plain.Letters {
				out.staff[strings.TrimSuffix(w.Text, "'s")] = true
			}
		}
	}
	for _, o := range own {
		for _, w := range plain.Read(o).Words {
			if w.Kind != plain.Mark {
				out.own = append(out.own, bare(w.Text))
			}
		}
	}
	return out
}

// bare is an address without what does not distinguish it.
func bare(s string) string {
	_, rest, ok := strings.Cut(s, "://")
	if ok {
		s = rest
	}
	return strings.TrimSuffix(strings.TrimPrefix(s, "www."), "/")
}

// nameOf reports whether a word is part of the name of an own domain.
func (a allowed) nameOf(w string) bool {
	return len(w) > 4 && slices.ContainsFunc(a.own, func(o string) bool { return strings.Contains(o, w) })
}

// owns reports whether a number or address is the practice's: the same, a page
// of an own domain, or a mailbox there. A number may lack the country code.
func (a allowed) owns(w plain.Word) bool {
	s := bare(w.Text)
	for _, o := range a.own {
		if s == o || strings.HasPrefix(s, o+"/") || strings.HasSuffix(s, "@"+o) || w.Kind == plain.Phone && ("1"+s == o || s == "1"+o) {
			return true
		}
	}
	return false
}

// wordKinds are the classes a word is called by, most telling first; the small
// words are called by themselves.
var wordKinds = []string{"small", "strong", "body", "soft", "kin", "money", "record", "care", "trade", "blame", "our-people", "praise", "any", "day", "time", "yourgood", "reach", "number-word", "polite", "general", "advise", "say", "detail"}

// label is what the rules call word i: the kind of it in capitals, or a small
// word itself.
func (p *page) label(i int) string {
	w := p.Words[i]
	switch {
	case p.staff[i]:
		return "STAFF"
	case w.Kind == plain.Number:
		return "NUM"
	case w.Kind != plain.Letters:
		return ""
	}
	best := len(wordKinds)
	for _, id := range p.IDs(i) {
		best = min(best, p.words.ranks[id])
	}
	switch {
	case best == 0:
		return w.Text
	case best < len(wordKinds):
		return wordLabels[best]
	case p.words.technical[w.Text] || p.words.terms[w.Text]:
		return "STRONG"
	}
	return "OTHER"
}

var wordLabels = func() []string {
	out := make([]string, len(wordKinds))
	for i, k := range wordKinds {
		out[i] = strings.ToUpper(k)
	}
	return out
}()
