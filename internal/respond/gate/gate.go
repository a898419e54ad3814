// Package gate holds every text that is to go out, from whichever hand, against
// the rules of the policy: what it finds may not be published. It knows words
// and places; it knows no case, no platform's account and no person.
package gate

import (
	"slices"
	"strings"

	"triage/internal/classify/lexicon"
	"triage/internal/classify/network"
	"triage/internal/respond/gate/plain"
)

// MaxOutgoing is the longest text in bytes that the gate looks at; a longer
// one is refused.
const MaxOutgoing = 20_000

// Rules that others know by name: a text in a language that the gate cannot
// read, one too long to be looked at, and one written to hide what it says.
const (
	RuleLanguage = "language"
	RuleLength   = "length"
	RuleHidden   = "hidden"
)

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
	// Network is the file of a network to use in place of the shipped one; it
	// must not change afterwards.
	Network []byte
}

// Gate decides whether a text may be published. It may be used by many at
// once, asks nobody and keeps nothing.
//
// Phrases of the word lists are found first. Some may never be published; the
// others are doubts, which the network weighs together with the words that stand
// around them.
type Gate struct {
	lists   *lexicon.Lists
	tongues map[string]*tongue
	may     allowed
	brain   *brain
}

// New loads and checks the gate's word lists and its network.
func New(o Options) (*Gate, error) {
	g, err := NewReader(o)
	if err != nil {
		return nil, err
	}
	g.brain, err = newBrain(o.Network)
	return g, err
}

// NewReader is a gate without a network: it makes Inputs for one to learn from,
// and finds only what no network is asked about.
func NewReader(o Options) (*Gate, error) {
	lists, err := loadLists()
	if err != nil {
		return nil, err
	}
	tongues, err := loadTongues()
	if err != nil {
		return nil, err
	}
	g := &Gate{lists: lists, tongues: map[string]*tongue{}, may: allowed{}.and(o.Staff, o.Own)}
	for lang, t := range tongues {
		g.tongues[lang] = t.with(o.Terms)
	}
	return g, nil
}

// Check returns what may not be published, in the order of the text; an empty
// answer means that the text may be.
func (g *Gate) Check(o Outgoing) []Problem {
	if len(o.Text) > MaxOutgoing {
		return []Problem{{Rule: RuleLength, End: len(o.Text), Why: "This text is too long to be checked. Shorten it to a few sentences."}}
	}
	found, lang := g.whole(o)
	if len(found) == 0 && len(o.Text) > longText {
		o.Lang = lang
		return g.pieces(o)
	}
	return found
}

// longText is how many bytes a text has at least of which its parts are looked at
// too: among much that is harmless the network overlooks a sentence.
const longText = 1500

// pieces returns what may not be published in parts of a long text that is, as a
// whole, found harmless.
func (g *Gate) pieces(o Outgoing) []Problem {
	text := o.Text
	for from := 0; from < len(text); {
		to := min(len(text), from+longText/2)
		if n := strings.LastIndexAny(text[from:to], ".!?\n"); to < len(text) && n > 0 {
			to = from + n + 1
		}
		o.Text = text[from:to]
		if found, _ := g.whole(o); len(found) > 0 {
			for i := range found {
				found[i].Start, found[i].End = found[i].Start+from, found[i].End+from
			}
			return found
		}
		from = to
	}
	return nil
}

// whole returns what may not be published in a text, and its language.
func (g *Gate) whole(o Outgoing) ([]Problem, string) {
	s := states.Get().(*state)
	defer s.release()
	p := g.read(o, s)
	if p == nil || g.lists.Mixed(&s.reply) || p.foreign() {
		return []Problem{{Rule: RuleLanguage, End: len(o.Text), Why: "The check knows English, Spanish and French and cannot vouch for this. Write it in one of them."}}, ""
	}
	found := p.findings()
	return p.problems(s, found, g.doubted(p, s, found), g.brain), s.reply.Lang
}

// doubted reports whether the network refuses the text.
func (g *Gate) doubted(p *page, s *state, found []finding) bool {
	if g.brain == nil || len(s.reply.Tokens) == 0 {
		return false
	}
	p.mark(s, found)
	return g.brain.refuses(s, p.out.Comment != "")
}

// read reads a text in its language; nil if that is none that the gate knows.
func (g *Gate) read(o Outgoing, s *state) *page {
	lang, _, _ := strings.Cut(o.Lang, "-")
	var net *network.Network
	if g.brain != nil {
		net = g.brain.net
	}
	if otherScript(o.Text) {
		return nil
	}
	t := plain.Read(o.Text)
	if !g.lists.Read(&s.reply, s.lay(&t, o.Text), lang, net) {
		return nil
	}
	words := g.tongues[s.reply.Lang]
	may := g.may.and(o.Staff, o.Own)
	if words.mend(&t, o.Text, may) {
		g.lists.Read(&s.reply, s.lay(&t, o.Text), words.lang, net)
	}
	if o.Comment != "" { // read by the words of the reply's language: so they compare
		o.Comment = o.Comment[:min(len(o.Comment), MaxOutgoing)]
		g.lists.Read(&s.comment, o.Comment, words.lang, net)
	}
	return words.page(t, o, may)
}

// problems are what may not be published. What is only doubtful is where the
// network refuses the text, and the network's own reason where nothing else is.
func (p *page) problems(s *state, found []finding, refused bool, b *brain) []Problem {
	var out []Problem
	for _, h := range p.Hidden {
		out = append(out, Problem{Rule: RuleHidden, Start: h[0], End: h[1], Why: "An invisible or broken character is here. Delete it and type the word again."})
	}
	for _, f := range found {
		if f.rule.never || refused {
			out = append(out, p.problem(f.rule, p.Words[f.from].Start, p.Words[f.to-1].End))
		}
	}
	if refused && len(out) == 0 {
		topic, from, to := b.reason(s)
		start, end := p.place(s, from, to)
		out = append(out, p.problem(ruleOf(topic), start, end))
	}
	return inOrder(out)
}

// problem says what is wrong with a place.
func (p *page) problem(r *rule, start, end int) Problem {
	return Problem{Rule: r.name, Start: start, End: end, Why: strings.ReplaceAll(r.why, "%s", "*"+quote(p.out.Text[start:end])+"*")}
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

// quote shortens an offending place to what fits a sentence.
func quote(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "\ufffd")), " ")
	if r := []rune(s); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return s
}
