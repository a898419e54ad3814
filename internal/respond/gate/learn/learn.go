// Package learn learns the gate's network from replies that people labelled as
// fit to be published or not, beside the comments that they answer. Texts are
// read, numbers are written.
package learn

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"sort"

	"triage/internal/classify/learn"
	"triage/internal/classify/network"
	"triage/internal/respond/gate"
)

// Reply is a labelled reply.
type Reply struct {
	ID, Comment, Reply, Why, Lang string
	Safe                          bool
	Staff, Own                    []string
	// Written says that it was made up to learn from: it counts half.
	Written bool
}

// reasons are the labels' names for what makes a reply unsafe, by the gate's.
var reasons = map[string]string{
	"confirms_relationship": "relationship", "denies_relationship": "denial", "repeats_disclosure": "repeats",
	"visit_or_appointment": "visit", "adds_health_info": "health", "names_person": "name", "defensive": "blame",
	"medical_advice": "advice", "invites_details": "details", "billing_insurance": "billing", "identifier": "identifier", "other": "terms",
}

// Parse reads a line of labelled replies.
func Parse(raw []byte) (Reply, error) {
	var r Reply
	if err := json.Unmarshal(raw, &r); err != nil {
		return r, fmt.Errorf("labelled reply: %w", err)
	}
	switch {
	case r.Reply == "":
		return r, errors.New("labelled reply: reply is empty")
	case !r.Safe && reasons[r.Why] == "":
		return r, errors.New("labelled reply: why is none of the reasons for an unsafe one")
	}
	return r, nil
}

// Learner is a training run.
type Learner struct {
	Vectors *learn.Vectors
	Shape   learn.Shape
	Name    string
	// Pass is how many of a hundred safe replies are to pass: the threshold is set
	// so, on replies that the network had not seen.
	Pass     float64
	Progress func(done float64)
}

// What learning counts.
const (
	countTopic = 0.2
	countGiven = 2 // a given reply, beside a written one
	smoothing  = 0.1
	neighbours = 1 // copies of each reply with a safe one before or behind it
)

// Network learns from replies and returns the file that the gate reads.
func (l *Learner) Network(replies []Reply) ([]byte, error) {
	g, err := gate.NewReader(gate.Options{})
	if err != nil {
		return nil, err
	}
	s := &session{gate: g, replies: replies, rng: rand.New(rand.NewPCG(l.Shape.Seed, 11))}
	s.examples()
	shape := l.Shape
	shape.Recase = -1 // a gate does not look at capitals
	t := learn.Task{Name: l.Name, Purpose: gate.Purpose, Vectors: l.Vectors, Shape: shape, Common: common, OnlySeen: true, Folds: folds, Progress: l.Progress}
	result, err := t.Train(s.list)
	if err != nil {
		return nil, err
	}
	at := gate.Threshold{With: s.threshold(result.Held, true, l.Pass), Without: s.threshold(result.Held, false, l.Pass)}
	if result.Weights.Reading, err = json.Marshal(at); err != nil {
		return nil, fmt.Errorf("write threshold: %w", err)
	}
	return network.Encode(result.Weights)
}

const (
	folds  = 3
	common = 3000 // words tabulated
)

// session is the state of a run.
type session struct {
	gate    *gate.Gate
	replies []Reply
	rng     *rand.Rand
	list    []learn.Example
	of      []held // by example
}

// held says of an example whether it sets a threshold, and which.
type held struct{ counts, with, safe bool }

// examples makes the replies ready: each with its comment and without, and some
// with a safe neighbour, since one sentence is enough to make a reply unsafe and
// any number of safe ones do not mend it.
func (s *session) examples() {
	safe := map[string][]Reply{}
	for _, r := range s.replies {
		if r.Safe {
			safe[r.Lang] = append(safe[r.Lang], r)
		}
	}
	for _, r := range s.replies {
		s.add(r, true, true)
		s.add(r, false, true)
	}
	for range neighbours {
		for _, r := range s.replies {
			if near := safe[r.Lang]; len(near) > 0 {
				s.add(beside(r, near[s.rng.IntN(len(near))], s.rng.IntN(2) == 0), s.rng.IntN(2) == 0, false)
			}
		}
	}
}

// beside is a reply with a safe one before or behind it.
func beside(r, safe Reply, before bool) Reply {
	if before {
		r.Reply = safe.Reply + " " + r.Reply
	} else {
		r.Reply += " " + safe.Reply
	}
	r.Own, r.Staff = slices.Concat(r.Own, safe.Own), slices.Concat(r.Staff, safe.Staff)
	return r
}

// add makes one example.
func (s *session) add(r Reply, with, whole bool) {
	o := gate.Outgoing{Text: r.Reply, Lang: r.Lang, Staff: r.Staff, Own: r.Own}
	if with {
		o.Comment = r.Comment
	}
	e := learn.Example{Tokens: s.gate.Inputs(o), Fold: whole, Group: group(r.Comment)}
	if len(e.Tokens) == 0 {
		return
	}
	weight := float32(1)
	if !r.Written {
		weight = countGiven
	}
	e.Want[gate.OutUnsafe], e.Count[gate.OutUnsafe] = smooth(!r.Safe), weight
	for i, topic := range gate.Topics {
		e.Want[gate.OutTopics+i], e.Count[gate.OutTopics+i] = smooth(!r.Safe && reasons[r.Why] == topic), weight*countTopic
	}
	s.list = append(s.list, e)
	s.of = append(s.of, held{e.Fold, with, r.Safe})
}

func smooth(yes bool) float32 {
	if yes {
		return 1 - smoothing/2
	}
	return smoothing / 2
}

// group keeps replies to one comment in one fold.
func group(comment string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(comment))
	return h.Sum64() | 1
}

// threshold is where so many of a hundred safe replies pass.
func (s *session) threshold(answers []network.Answer, with bool, pass float64) float64 {
	var safe []float64
	for i, h := range s.of {
		if h.counts && h.safe && h.with == with {
			safe = append(safe, float64(answers[i][gate.OutUnsafe]))
		}
	}
	if len(safe) == 0 {
		return 0
	}
	sort.Float64s(safe)
	return safe[min(len(safe)-1, int(math.Ceil(pass/100*float64(len(safe)))))]
}
