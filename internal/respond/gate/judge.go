package gate

import (
	_ "embed" // the network
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"triage/internal/classify/lexicon"
	"triage/internal/classify/network"
	"triage/internal/respond/gate/plain"
)

// Purpose is what a network that the gate can ask says of itself.
const Purpose = "replies"

// The network's outputs: that a text may not be published, and then by which of
// Topics.
const (
	OutUnsafe = 0
	OutTopics = 1
)

// Topics are the rules whose names the network can give, in the order of its
// outputs.
var Topics = [...]string{"relationship", "denial", "repeats", "visit", "health", "name", "blame", "advice", "details", "billing", "identifier", "terms"}

// Threshold is what is stored with a network: the log-odds from which on a text
// is refused, where the comment is known and where it is not.
type Threshold struct {
	With    float64 `json:"with"`
	Without float64 `json:"without"`
}

//go:embed model/gate.bin
var shipped []byte

var loadShipped = sync.OnceValues(func() (*network.Network, error) { return network.Load(shipped) })

var loadLists = sync.OnceValues(lexicon.Load)

// brain is the network with its threshold.
type brain struct {
	net *network.Network
	at  Threshold
}

func newBrain(file []byte) (*brain, error) {
	net, err := loadShipped()
	if file != nil {
		net, err = network.Load(file)
	}
	if err != nil {
		return nil, fmt.Errorf("read the gate's network: %w", err)
	}
	b := &brain{net: net}
	if net.Purpose != Purpose {
		return nil, errors.New("read the gate's network: it answers something else than whether a reply may be published")
	}
	if err := json.Unmarshal(net.Reading, &b.at); err != nil {
		return nil, fmt.Errorf("read the gate's network: its threshold: %w", err)
	}
	return b, nil
}

// Further tags of the words of a text that is to go out.
const (
	tagStaff   = lexicon.TagMore << iota // part of a name that may be said
	tagOwn                               // the practice's own number or address
	tagNumber                            // has a digit
	tagSame                              // repeats a word of the comment
	tagMedical                           // repeats a medical word of the comment
	tagLike                              // is of a matter that the comment is of
	tagAbout                             // the comment is of a medical matter
	tagTrick                             // written to hide it
	tagTopic                             // the first of what phrases are found for
)

// topicTags are the tags of what a rule's phrases are found for.
var topicTags = map[string]uint64{
	"name": tagTopic, "details": tagTopic << 1, "relationship": tagTopic << 2, "denial": tagTopic << 3, "visit": tagTopic << 4,
	"billing": tagTopic << 5, "advice": tagTopic << 6, "blame": tagTopic << 7, "terms": tagTopic << 8, "event": tagTopic << 9,
	"repeats": tagTopic << 10, "health": tagTopic << 11, "identifier": tagTopic << 12, "addressed": tagTopic << 13, "stranger": tagTopic << 14,
}

// state is what judging one text needs; it is used again for the next.
type state struct {
	reply, comment lexicon.Reading
	more           []uint64
	places         network.State
	answer         network.Answer
	votes          []float32
	known          wordSet  // of the comment
	spans          [][2]int // of the reply's words, in what reply is read from
	undone         []byte
}

var states = sync.Pool{New: func() any { return &state{known: newWordSet()} }}

// release keeps the state for the next text, unless this one was so long that
// what it needed is not worth keeping.
func (s *state) release() {
	if cap(s.more) > mostKept || cap(s.comment.Tokens) > mostKept {
		return
	}
	states.Put(s)
}

// mostKept is how many words a text may have whose state is kept.
const mostKept = 2000

// lay notes where the words of a text stand in what the network reads of it: the
// text as it is, or, where it is in disguise, its words in plain letters.
func (s *state) lay(t *plain.Text, text string) string {
	s.spans, s.undone = s.spans[:0], s.undone[:0]
	if !t.Disguised() {
		for _, w := range t.Words {
			s.spans = append(s.spans, [2]int{w.Start, w.End})
		}
		return text
	}
	for _, w := range t.Words {
		at := len(s.undone)
		if t.Strewn && w.Kind == plain.Mark && strings.Contains("#\"()", w.Text) {
			s.spans = append(s.spans, [2]int{at, at})
			continue
		}
		s.undone = append(s.undone, w.Text...)
		s.spans = append(s.spans, [2]int{at, len(s.undone)})
		s.undone = append(s.undone, ' ')
	}
	return string(s.undone)
}

// mark gives the words of the reply their further tags. found are the places
// that rules found.
func (p *page) mark(s *state, found []finding) {
	r := &s.reply
	s.more = append(s.more[:0], make([]uint64, len(r.Tokens))...)
	for i := range r.Tokens { // how a word is written must not make a refused text pass
		r.Tokens[i].Upper, r.Tokens[i].Shout = false, false
		if r.Tokens[i].Digit {
			s.more[i] |= tagNumber
		}
	}
	k := 0
	for i, w := range p.Words {
		var tags uint64
		switch {
		case p.staff[i]:
			tags = tagStaff
		case p.own[i]:
			tags = tagOwn
		}
		if w.Tricks != 0 {
			tags |= tagTrick
		}
		if p.echo[i] == "like" {
			tags |= tagLike
		}
		if tags != 0 {
			k = s.add(tags, s.spans[i][0], s.spans[i][1], k)
		}
	}
	for _, f := range found {
		s.add(topicTags[f.rule.tag()], s.spans[f.from][0], s.spans[f.to-1][1], 0)
	}
	p.remember(s)
}

// add gives tags to the tokens of a place, looking from token k on, and returns
// the first token that ends behind it.
func (s *state) add(tags uint64, start, end, k int) int {
	ts := s.reply.Tokens
	for k < len(ts) && ts[k].End <= start {
		k++
	}
	first := k
	for ; k < len(ts) && ts[k].Start < end; k++ {
		s.more[k] |= tags
	}
	return first
}

// refuses asks the network, and reports by how much it is over the threshold.
func (b *brain) refuses(s *state, withComment bool) bool {
	s.reply.Look(b.net, &s.places, s.more)
	b.net.Answer(&s.places, &s.answer)
	at := b.at.Without
	if withComment {
		at = b.at.With
	}
	return float64(s.answer[OutUnsafe]) >= at
}

// reason is the likeliest rule that the text breaks, and the words that this
// rests on most.
func (b *brain) reason(s *state) (topic string, start, end int) {
	best := 0
	for i := range Topics {
		if s.answer[OutTopics+i] > s.answer[OutTopics+best] {
			best = i
		}
	}
	s.votes = b.net.Votes(&s.places, OutUnsafe, s.votes)
	ts, votes := s.reply.Tokens, s.votes[1:] // the first place is the edge
	most := 0
	for i := range ts {
		if votes[i] > votes[most] {
			most = i
		}
	}
	from, to := most, most+1
	for from > 0 && votes[from-1] > votes[most]/3 && ts[from-1].Sent == ts[most].Sent {
		from--
	}
	for to < len(ts) && votes[to] > votes[most]/3 && ts[to].Sent == ts[most].Sent {
		to++
	}
	for to-from > 1 && ts[from].Mark {
		from++
	}
	for to-from > 1 && ts[to-1].Mark {
		to--
	}
	return Topics[best], ts[from].Start, ts[to-1].End
}

// place is where words of the text stand of which something is read from one
// place to another.
func (p *page) place(s *state, from, to int) (start, end int) {
	for i, span := range s.spans {
		if span[1] <= from || span[0] >= to {
			continue
		}
		if end == 0 {
			start = p.Words[i].Start
		}
		end = p.Words[i].End
	}
	if end == 0 { // a sign that is no word
		return 0, len(p.out.Text)
	}
	return start, end
}

// Inputs are what a network learns from in a text that is to go out; nil where
// the language is not known.
func (g *Gate) Inputs(o Outgoing) []lexicon.Input {
	s := states.Get().(*state)
	defer s.release()
	p := g.read(o, s)
	if p == nil || len(s.reply.Tokens) == 0 {
		return nil
	}
	p.mark(s, p.findings())
	in := s.reply.Inputs(s.more)
	for i := range in {
		in[i].Word = strings.Clone(in[i].Word)
	}
	return in
}
