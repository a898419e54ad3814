package classify

import (
	"fmt"
	"strings"

	"triage/internal/ingest"
)

//go:generate go run ./learn -out model/weights.bin ../../../shared/data/reviews.train.jsonl ../../../shared/data/comments.train.jsonl

// modelName names this classifier in verdicts; it changes with the word lists
// and the weights.
const modelName = "lexicon-1"

// Options say what belongs to the practice and therefore identifies no
// patient.
type Options struct {
	// Staff are the names of clinicians and staff.
	Staff []string
	// Own are the practice's own phone numbers, e-mail addresses and domains.
	Own []string
}

// Classifier judges comments. It is safe for concurrent use.
type Classifier struct {
	lexicons map[string]*lexicon
	model    *model
	little   map[string][]string // the commonest words and their languages
	common   map[string]bool     // words that are no names
	staff    map[string]bool
	owned    []owned
}

// owned is a phone number, address or domain of the practice.
type owned struct{ text, digits string }

// New reads the word lists and the weights that the program carries.
func New(o Options) (*Classifier, error) {
	ls, err := loadLexicons()
	if err != nil {
		return nil, fmt.Errorf("make classifier: %w", err)
	}
	m, err := loadModel(shipped)
	if err != nil {
		return nil, fmt.Errorf("make classifier: %w", err)
	}
	c := &Classifier{lexicons: ls, model: m, staff: map[string]bool{}}
	if c.little, err = loadLittle(); err != nil {
		return nil, fmt.Errorf("make classifier: %w", err)
	}
	if c.common, err = loadCommon(); err != nil {
		return nil, fmt.Errorf("make classifier: %w", err)
	}
	c.belongs(o)
	return c, nil
}

func (c *Classifier) belongs(o Options) {
	for _, name := range o.Staff {
		for _, t := range read(name).tokens {
			if !titles[t.s] && len(t.s) > 1 {
				c.staff[t.s] = true
			}
		}
	}
	for _, s := range o.Own {
		if s = strings.ToLower(strings.TrimSpace(s)); s != "" {
			c.owned = append(c.owned, owned{s, onlyDigits(s)})
		}
	}
}

// Model names the classifier and its version.
func (c *Classifier) Model() string { return modelName }

// Classify judges one comment into out, whatever was in it. It answers for
// any bytes, in time proportional to their number.
func (c *Classifier) Classify(in ingest.Comment, out *Judgement) {
	*out = Judgement{Subject: Nobody, Kinds: []Kind{}, Reasons: []Reason{}}
	raw := in.Content.Text
	switch {
	case strings.TrimSpace(raw) == "" && in.Media:
		out.WhyNot = NotMedia
		return
	case in.Truncated || len(raw) > ingest.MaxText:
		out.WhyNot = NotTruncated
		return
	}
	t := read(raw)
	out.Lang = c.language(&t)
	l := c.lexicons[out.Lang]
	if l == nil {
		out.WhyNot = NotLanguage
		return
	}
	out.Judged = true
	c.judge(newReading(t, out.Lang, l), out)
}

// judge fills in what the text says.
func (c *Classifier) judge(r *reading, out *Judgement) {
	if len(r.tokens) == 0 {
		return
	}
	a := c.model.answer(r.features())
	out.Level = c.model.level(a)
	out.Score = c.model.score(a)
	out.Urgent = a[outUrgent] >= c.model.Urgent || r.alarming()
	out.Subject = r.subject(out.Level, a[outFamily] >= c.model.Family)
	out.Kinds = r.kinds(out.Level)
	r.explain(out)
	seen := map[found]bool{}
	for _, f := range c.identifiers(r) {
		if seen[f] {
			continue
		}
		seen[f] = true
		out.Identifier = true
		out.Reasons = append(out.Reasons, Reason{f.start, f.end, KindIdentifier, f.why})
	}
	out.Ask = r.asks(out)
}
