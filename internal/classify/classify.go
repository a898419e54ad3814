package classify

import (
	_ "embed" // the network
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"triage/internal/classify/identifier"
	"triage/internal/classify/lexicon"
	"triage/internal/classify/network"
	"triage/internal/classify/outputs"
	"triage/internal/ingest"
)

//go:generate ./train.sh

// shipped is the network that the program carries; it is read in place.
//
//go:embed model/network.bin
var shipped []byte

// Options say what belongs to the practice and therefore identifies no
// patient, and what it wants judged otherwise.
type Options struct {
	// Staff are the names of clinicians and staff.
	Staff []string
	// Own are the practice's own phone numbers, e-mail addresses and domains.
	Own []string
	// Terms are words that the practice's patients use and the word lists lack.
	Terms []Term
	// Catch is of how many in a hundred clear disclosures none may be missed,
	// 90 to 99.5: the threshold is set for it. 0: balanced.
	Catch float64
	// Network is the file of a network to use in place of the shipped one; it
	// must not change afterwards.
	Network []byte
}

// Term is a word or a few, and what kind of detail it tells in a language.
type Term struct {
	Lang string
	Kind Kind
	Text string
}

// Classifier judges comments. It is safe for concurrent use.
type Classifier struct {
	lists       *lexicon.Lists
	net         *network.Network
	reading     outputs.Reading
	size        int     // of the network's file, in bytes
	catch       float64 // the score from which on a text is clear, or 0
	identifiers *identifier.Rules
	states      sync.Pool
}

// New reads the word lists and the network that the program carries.
func New(o Options) (*Classifier, error) {
	c := &Classifier{}
	c.states.New = func() any { return &state{} }
	if err := c.load(o); err != nil {
		return nil, fmt.Errorf("make classifier: %w", err)
	}
	c.identifiers = identifier.New(c.lists, o.Staff, o.Own)
	return c, nil
}

func (c *Classifier) load(o Options) (err error) {
	if c.lists, err = lexicon.Load(); err != nil {
		return err
	}
	if err := c.add(o.Terms); err != nil {
		return err
	}
	file := o.Network
	if file == nil {
		file = shipped
	}
	c.size = len(file)
	if err := c.open(file); err != nil {
		return err
	}
	if o.Catch != 0 {
		at, ok := c.reading.Catch[strconv.FormatFloat(o.Catch, 'f', -1, 64)]
		if !ok {
			return fmt.Errorf("no threshold for catching %v of 100; it can be 90, 95, 98, 99 or 99.5", o.Catch)
		}
		c.catch = at
	}
	return nil
}

// open loads the network.
func (c *Classifier) open(file []byte) (err error) {
	if c.net, err = network.Load(file); err != nil {
		return err
	}
	if c.net.Purpose != "" {
		return errors.New("load network: it was not learned from comments")
	}
	if err := json.Unmarshal(c.net.Reading, &c.reading); err != nil {
		return fmt.Errorf("load network: %w", err)
	}
	return nil
}

// add adds the practice's own terms to the word lists.
func (c *Classifier) add(own []Term) error {
	for _, t := range own {
		i := slices.Index(Kinds[:], t.Kind)
		if i < 0 || !slices.Contains(lexicon.Languages, t.Lang) {
			return fmt.Errorf("own term: language %q and kind %q; want en, es or fr and a kind of detail", t.Lang, t.Kind)
		}
		if err := c.lists.Add(t.Lang, t.Text, tagOf[i]); err != nil {
			return fmt.Errorf("own term: %w", err)
		}
	}
	return nil
}

// Model names the network that judges.
func (c *Classifier) Model() string { return c.net.Name }

// Size is the size of the network's file in bytes.
func (c *Classifier) Size() int { return c.size }

// Classify judges one comment into out, whatever was in it, and reuses out's
// slices. It answers for any bytes, in time proportional to their number.
func (c *Classifier) Classify(in ingest.Comment, out *Judgement) {
	*out = Judgement{Subject: Nobody, Kinds: out.Kinds[:0], Reasons: out.Reasons[:0]}
	if out.Kinds == nil {
		out.Kinds, out.Reasons = []Kind{}, []Reason{}
	}
	raw := in.Content.Text
	switch {
	case strings.TrimSpace(raw) == "" && in.Media:
		out.WhyNot = NotMedia
		return
	case in.Truncated || len(raw) > ingest.MaxText:
		out.WhyNot = NotTruncated
		return
	}
	s := c.states.Get().(*state)
	defer c.states.Put(s)
	out.Judged = c.lists.Read(&s.Reading, raw, "", c.net)
	out.Lang = s.Lang
	switch {
	case !out.Judged:
		out.WhyNot = NotLanguage
	case len(s.Tokens) > 0:
		c.judge(s, out)
	}
}

// judge fills in what the text says.
func (c *Classifier) judge(s *state, out *Judgement) {
	c.look(s)
	r := &c.reading
	out.Score = r.Score(&s.answer, len(s.Tokens))
	out.Level = c.level(s, out.Score)
	from, to, crisis := s.crisis()
	out.Urgent = crisis || float64(s.answer[outputs.Urgent]) >= r.Urgent
	if out.Level > None {
		out.Subject = s.subject()
		out.Kinds = s.kinds(r, out.Kinds)
	}
	c.explain(s, out)
	if crisis {
		s.plainly(from, to, out)
	}
	s.found = c.identifiers.Find(&s.Reading, s.found)
	lean := float64(s.answer[outputs.ID]) - r.Identifier
	for _, f := range s.found {
		if f.Odds+lean < 0 {
			continue // doubtful by itself, and the text as a whole speaks against it
		}
		out.Identifier = true
		out.Reasons = append(out.Reasons, Reason{f.Start, f.End, KindIdentifier, f.Why})
	}
	out.Ask = s.asks(out)
}

// level is what the score and the threshold make of it.
func (c *Classifier) level(s *state, score float64) Level {
	l := Level(c.reading.Level(&s.answer, len(s.Tokens)))
	switch {
	case c.catch == 0:
	case score >= c.catch:
		return Clear
	case l == Clear:
		return Possible
	}
	return l
}
