// Package gate holds every text that is to go out, from whichever hand, against
// the rules of the policy: what it finds may not be published. It knows words
// and places; it knows no case, no platform's account and no person.
package gate

import (
	"slices"
	"strings"

	"triage/internal/respond/gate/plain"
)

// MaxOutgoing is the longest text in bytes that the gate looks at; a longer
// one is refused.
const MaxOutgoing = 20_000

// RuleLanguage is the rule for a text in a language that the gate cannot read.
const RuleLanguage = "language"

// Outgoing is a text that somebody wants to send out, with what is known
// around it.
type Outgoing struct {
	Text string
	// Comment is what it answers; the gate works without it and is stricter
	// about repetition with it.
	Comment string
	// Lang is the language of Text ("en"); empty lets the gate find out.
	Lang     string
	Platform string
	// Staff are the names that may be said, Own the practice's own phone
	// numbers, e-mail addresses and domains.
	Staff, Own []string
}

// Problem is one thing in an outgoing text that may not be published. Start
// and End are byte offsets into it; Why tells the writer how to mend it.
type Problem struct {
	Rule  string `json:"rule"`
	Start int    `json:"start"`
	End   int    `json:"end"`
	Why   string `json:"why"`
}

// Options are what every text of a practice is judged with.
type Options struct {
	// Staff are the names that may be said, Own the practice's own phone
	// numbers, e-mail addresses and domains; those of an Outgoing add to them.
	Staff, Own []string
	// Terms are further medical words, such as the classifier's, one word each.
	Terms []string
}

// Gate decides whether a text may be published. It may be used by many at
// once, asks nobody and keeps nothing.
type Gate struct {
	words *lexicon
	may   allowed
}

// New loads and checks the gate's word lists.
func New(o Options) (*Gate, error) {
	words, err := loadEnglish()
	if err != nil {
		return nil, err
	}
	return &Gate{words: words.with(o.Terms), may: allowed{}.and(o.Staff, o.Own)}, nil
}

// Check returns what may not be published, in the order of the text; an empty
// answer means that the text may be.
func (g *Gate) Check(o Outgoing) []Problem {
	if len(o.Text) > MaxOutgoing {
		return []Problem{{Rule: "length", End: len(o.Text), Why: "This text is too long to be checked. Shorten it to a few sentences."}}
	}
	p := g.words.page(o, g.may.and(o.Staff, o.Own))
	if ps := p.language(); ps != nil {
		return ps
	}
	var out []Problem
	for _, h := range p.Hidden {
		out = append(out, Problem{Rule: "hidden", Start: h[0], End: h[1], Why: "An invisible or broken character is here. Delete it and type the word again."})
	}
	for _, r := range rules {
		out = r.apply(p, out)
	}
	return inOrder(out)
}

// inOrder sorts problems by place and keeps the first of those of one rule
// that overlap, as long as all of them.
func inOrder(all []Problem) []Problem {
	slices.SortStableFunc(all, func(a, b Problem) int { return a.Start - b.Start })
	last := map[string]int{}
	out := all[:0]
	for _, p := range all {
		if i, ok := last[p.Rule]; ok && p.Start < out[i].End {
			out[i].End = max(out[i].End, p.End)
			continue
		}
		last[p.Rule] = len(out)
		out = append(out, p)
	}
	return out
}

// apply adds the places a rule finds, joining those that touch.
func (r rule) apply(p *page, out []Problem) []Problem {
	places := r.find(p)
	slices.SortFunc(places, func(a, b [2]int) int { return a[0] - b[0] })
	for i := 0; i < len(places); {
		from, to := places[i][0], places[i][1]
		for i++; i < len(places) && places[i][0] < to; i++ {
			to = max(to, places[i][1])
		}
		start, end := p.Words[from].Start, p.Words[to-1].End
		out = append(out, Problem{Rule: r.name, Start: start, End: end, Why: strings.ReplaceAll(r.why, "%s", "*"+quote(p.out.Text[start:end])+"*")})
	}
	return out
}

// quote shortens an offending place to what fits a sentence.
func quote(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "\ufffd")), " ")
	if r := []rune(s); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return s
}

// language refuses a text, or a sentence of it, in a language whose rules the
// gate does not have.
func (p *page) language() []Problem {
	why := "The check knows English only so far and cannot vouch for this. Write it in English."
	if p.out.Lang != "" && p.out.Lang != "en" && !strings.HasPrefix(p.out.Lang, "en-") {
		return []Problem{{Rule: RuleLanguage, End: len(p.out.Text), Why: why}}
	}
	foreign, all := make([]int, p.Sentences+1), make([]int, p.Sentences+1)
	total, strange := 0, 0
	for i, w := range p.Words {
		if w.Kind != plain.Letters || p.staff[i] || w.Tricks != 0 && w.Tricks != plain.Foreign {
			continue
		}
		all[w.Sentence]++
		total++
		switch {
		case p.In(i, "foreign") && !p.In(i, "small"):
			foreign[w.Sentence]++
		case !p.known[i] && !w.Capital && len(w.Text) > 2:
			strange++
		}
	}
	for s, n := range foreign {
		if n >= 2 && n*5 >= all[s] || n+strange >= 3 && 2*(n+strange) >= total {
			return []Problem{{Rule: RuleLanguage, End: len(p.out.Text), Why: why}}
		}
	}
	return nil
}
