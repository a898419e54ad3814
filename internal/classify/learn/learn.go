// Package learn learns networks that answer questions about a text from
// examples: word vectors from any texts of the field, then filters over them.
// What is asked is for the task to say. The same input gives the same bytes on
// one architecture. Texts are read, numbers are written.
package learn

import (
	"errors"
	"fmt"
	"sync"

	"triage/internal/classify/lexicon"
	"triage/internal/classify/network"
)

// Task is what a network is to answer, and how it learns it.
type Task struct {
	// Name is what verdicts will name, Purpose what the network's Header has.
	Name, Purpose string
	Vectors       *Vectors
	Shape         Shape
	// Choices are ranges of outputs (the first, and the one after the last) of
	// which exactly one is right. Each other output is a yes or no of its own.
	Choices [][2]int
	// Common is how many words are tabulated, 0 for 16,000; the others' answers
	// are worked out when one is met.
	Common int
	// OnlySeen says that the network knows only the words that occur in the
	// examples, the commonest in them first; any other has only its parts.
	OnlySeen bool
	// Folds is how many networks answer examples that they have not seen, 0
	// for 3; less than 0: none, and nothing is held out.
	Folds int
	// Progress is told how much is done, from 0 to 1; it may be nil.
	Progress func(done float64)
}

// Example is a text, made ready, with what is to be answered.
type Example struct {
	Tokens []lexicon.Input
	// Want is what is wanted of each output, from 0 to 1, and Count what the
	// output counts in this text; one that counts 0 is not learned from it.
	Want, Count network.Answer
	// Fold says that a network which has not seen it is to answer it.
	Fold bool
	// Group keeps examples together that are much the same text: those of one
	// group, which is not 0, are in the same fold.
	Group uint64
}

// Result is a trained network.
type Result struct {
	// Held are the answers to the examples with Fold of networks that had not
	// seen them, by the examples' places.
	Held []network.Answer
	// Weights are those of a network that has seen all; its Reading is for the
	// caller to fill in, then network.Encode writes it.
	Weights *network.Weights
}

// usual are a task's folds and tabulated words unless it says otherwise.
const (
	usualFolds  = 3
	usualCommon = 16000
)

// Train trains a network on all examples, and one for each fold without the
// fold, two at a time.
func (t *Task) Train(examples []Example) (*Result, error) {
	s := newSession(t, examples)
	if err := s.check(); err != nil {
		return nil, err
	}
	s.prepare()
	held, final := s.run()
	return &Result{held, s.weights(final)}, nil
}

// session is the state of one run.
type session struct {
	Task
	c        *corpus
	examples []Example
	fold     []int // that an example is held out in, or -1
	open     int   // how many are
	texts    []versions
	targets  []target
	fresh    [][]int32 // the texts of the folds as who has not seen them reads them

	mu   sync.Mutex
	done []float64
}

func newSession(t *Task, examples []Example) *session {
	s := &session{Task: *t, c: newCorpus(t.Vectors), examples: examples}
	if s.Folds == 0 {
		s.Folds = usualFolds
	}
	s.Folds = max(s.Folds, 0)
	if s.Common == 0 {
		s.Common = usualCommon
	}
	s.Shape = s.Shape.filled()
	s.done = make([]float64, s.Folds+1)
	return s
}

// check says what cannot be learned.
func (s *session) check() error {
	if s.Folds == 1 {
		return errors.New("learn: two folds are the least")
	}
	for _, c := range s.Choices {
		if c[0] < 0 || c[1] <= c[0] || c[1] > network.Outputs {
			return fmt.Errorf("learn: a choice among the outputs from %d to %d; there are %d", c[0], c[1], network.Outputs)
		}
	}
	if s.deal(); s.open < 2*s.Folds || len(s.examples) == 0 {
		return errors.New("learn: too few labelled texts; a network wants some hundreds at least")
	}
	return nil
}

// deal deals the examples out to the folds.
func (s *session) deal() {
	dealt := 0
	for i := range s.examples {
		e, fold := &s.examples[i], -1
		switch {
		case !e.Fold || s.Folds == 0:
		case e.Group != 0:
			fold = int(e.Group % uint64(s.Folds))
		default:
			dealt++
			fold = dealt % s.Folds
		}
		if s.fold = append(s.fold, fold); fold >= 0 {
			s.open++
		}
	}
}

// prepare makes the texts ready, and what is wanted of them.
func (s *session) prepare() {
	for i := range s.examples {
		e := &s.examples[i]
		s.texts = append(s.texts, s.c.versions(e.Tokens))
		s.targets = append(s.targets, s.target(e))
	}
	s.fresh = make([][]int32, len(s.examples))
	for fold := range s.Folds {
		if s.OnlySeen {
			s.c.only = s.seen(fold)
		}
		for i, f := range s.fold {
			if f == fold {
				s.fresh[i] = s.c.add(s.examples[i].Tokens)
			}
		}
	}
}

// run returns the answers to what was held out, and the network that has seen
// all.
func (s *session) run() (held []network.Answer, final *trainer) {
	held = make([]network.Answer, len(s.examples))
	slots := make(chan struct{}, 2)
	var wg sync.WaitGroup
	for f := range s.Folds + 1 {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			t, out := s.train(f)
			if f == s.Folds {
				final = t
				return
			}
			texts := make([][]int32, len(out))
			for k, i := range out {
				texts[k] = s.fresh[i]
			}
			for k, a := range t.predict(texts) {
				held[out[k]] = a
			}
		})
	}
	wg.Wait()
	return held, final
}

// train trains without a fold and returns what was left out.
func (s *session) train(fold int) (*trainer, []int) {
	var texts []versions
	var targets []target
	var out []int
	for i, f := range s.fold {
		if f == fold {
			out = append(out, i)
			continue
		}
		texts, targets = append(texts, s.texts[i]), append(targets, s.targets[i])
	}
	t := newTrainer(s.c, s.Shape, s.Choices)
	t.train(texts, targets, func(done float64) { s.progress(fold, done) })
	return t, out
}

func (s *session) progress(fold int, done float64) {
	if s.Progress == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done[fold] = done
	sum := 0.0
	for _, d := range s.done {
		sum += d
	}
	s.Progress(sum / float64(len(s.done)))
}
