// Package comments learns the network that judges comments from labelled
// texts, and how its answers are to be read.
package comments

import (
	"encoding/json"
	"fmt"

	"triage/internal/classify/learn"
	"triage/internal/classify/lexicon"
	"triage/internal/classify/network"
	"triage/internal/classify/outputs"
)

// Example is a labelled text, made ready.
type Example struct {
	Tokens []lexicon.Input
	Labels
	// Weight is how much it counts; 0 counts as 1.
	Weight float32
	// Written says that it was written to learn from: nothing is calibrated by
	// it.
	Written bool
}

// Labels are the fields of the labelling guideline.
type Labels struct {
	Level   int
	Subject int // as the network's outputs have it
	Kinds   [9]bool
	Urgent  bool
	ID      bool
	// Unsaid: whose it is and of what kind was not said, and is not learned.
	Unsaid bool
}

// What the outputs count beside each other, and how much of what is wanted of
// the level is spread evenly over all of them. Chosen on texts held out of the
// training sets.
const (
	countSubject = 0.3
	countKinds   = 0.2
	countUrgent  = 1
	countID      = 0.3
	smoothing    = 0.1
)

// Learner is a training run.
type Learner struct {
	Vectors *learn.Vectors
	Shape   learn.Shape
	// Name is what verdicts will name.
	Name string
	// Progress is told how much is done, from 0 to 1; it may be nil.
	Progress func(done float64)
}

// Network learns from examples and returns the file that the classifier reads.
func (l *Learner) Network(examples []Example) ([]byte, error) {
	ready := make([]learn.Example, len(examples))
	for i := range examples {
		ready[i] = exampleOf(&examples[i])
	}
	r, err := l.task().Train(ready)
	if err != nil {
		return nil, err
	}
	if r.Weights.Reading, err = json.Marshal(read(answered(examples, r.Held))); err != nil {
		return nil, fmt.Errorf("encode network: %w", err)
	}
	return network.Encode(r.Weights)
}

func (l *Learner) task() *learn.Task {
	return &learn.Task{
		Name: l.Name, Vectors: l.Vectors, Shape: l.Shape, Progress: l.Progress,
		Choices: [][2]int{{outputs.Level, outputs.Subject}, {outputs.Subject, outputs.Kinds}},
	}
}

// exampleOf says what the network should answer, and what each output counts.
func exampleOf(e *Example) learn.Example {
	t := learn.Example{Tokens: e.Tokens, Fold: !e.Written}
	w := e.Weight
	if w == 0 {
		w = 1
	}
	for l := range 3 {
		t.Want[outputs.Level+l] = smoothing / 3
		t.Count[outputs.Level+l] = w
	}
	t.Want[outputs.Level+e.Level] += 1 - smoothing
	t.Want[outputs.Subject+e.Subject] = 1
	said := w * one(!e.Unsaid)
	for i := range 4 {
		t.Count[outputs.Subject+i] = countSubject * said
	}
	for i, k := range e.Kinds {
		t.Want[outputs.Kinds+i] = one(k)
		t.Count[outputs.Kinds+i] = countKinds * said
	}
	t.Want[outputs.Urgent], t.Count[outputs.Urgent] = one(e.Urgent), countUrgent*w
	t.Want[outputs.ID], t.Count[outputs.ID] = one(e.ID), countID*w
	return t
}

func one(b bool) float32 {
	if b {
		return 1
	}
	return 0
}

// answer is an answer beside the labels.
type answer struct {
	network.Answer
	*Labels
	words int
}

// answered are the examples that were held out, with their answers.
func answered(examples []Example, held []network.Answer) []answer {
	var as []answer
	for i := range examples {
		if e := &examples[i]; !e.Written {
			as = append(as, answer{held[i], &e.Labels, len(e.Tokens)})
		}
	}
	return as
}
