// Package learn learns the network that judges comments from labelled texts:
// word vectors from any texts of the field, then filters over them. The same
// input gives the same bytes on one architecture. Texts are read, numbers are
// written.
package learn

import (
	"errors"
	"slices"
	"sync"

	"triage/internal/classify/network"
)

// folds is how many networks answer texts that they have not seen, for
// calibration.
const folds = 3

// common is how many words are tabulated; the others' answers are worked out
// when one is met.
const common = 16000

// Learner is a training run.
type Learner struct {
	Vectors *Vectors
	Shape   Shape
	// Name is what verdicts will name.
	Name string
	// Progress is told how much is done, from 0 to 1; it may be nil.
	Progress func(done float64)
}

// Network learns from examples and returns the file that the classifier reads.
func (l *Learner) Network(examples []Example) ([]byte, error) {
	s := &session{Learner: l, c: newCorpus(l.Vectors), examples: examples}
	open := 0
	for i := range examples {
		s.texts = append(s.texts, s.c.versions(examples[i].Tokens))
		s.targets = append(s.targets, targetOf(&examples[i]))
		if !examples[i].Written {
			open++
		}
	}
	if open < 2*folds {
		return nil, errors.New("learn: too few labelled texts; a network wants some hundreds at least")
	}
	held, final := s.run()
	w := s.weights(final)
	w.Reading = read(s.answered(held))
	return network.Encode(w)
}

// session is the state of one run.
type session struct {
	*Learner
	c        *corpus
	examples []Example
	texts    []versions
	targets  []target

	mu   sync.Mutex
	done [folds + 1]float64
}

// run trains a network on all examples, and one for each fold without the
// fold, two at a time; held are the answers of those to what they did not see.
func (s *session) run() (held []network.Answer, final *trainer) {
	held = make([]network.Answer, len(s.examples))
	slots := make(chan struct{}, 2)
	var wg sync.WaitGroup
	for f := range folds + 1 {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			t, out := s.train(f)
			if f == folds {
				final = t
				return
			}
			texts := make([][]int32, len(out))
			for k, i := range out {
				texts[k] = s.texts[i][0]
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
	n := 0
	for i := range s.examples {
		if !s.examples[i].Written {
			if n++; n%folds == fold {
				out = append(out, i)
				continue
			}
		}
		texts, targets = append(texts, s.texts[i]), append(targets, s.targets[i])
	}
	t := newTrainer(s.c, s.Shape)
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

// answer is an answer beside the labels.
type answer struct {
	network.Answer
	*Labels
	words int
}

// answered are the examples that were held out, with their answers.
func (s *session) answered(held []network.Answer) []answer {
	var as []answer
	for i := range s.examples {
		if e := &s.examples[i]; !e.Written {
			as = append(as, answer{held[i], &e.Labels, len(e.Tokens)})
		}
	}
	return as
}

// weights are the numbers of a trained network.
func (s *session) weights(t *trainer) *network.Weights {
	w := &network.Weights{W: t.net.w, Bias: t.net.bias, Head: t.head, Out: t.net.out}
	v := s.Vectors
	w.Name, w.Filters, w.Size = s.Name, s.Shape.Filters, v.Size
	for r := range v.Words { // the commonest in the field come first
		vector := slices.Clone(v.of(int32(r)))
		axpy(1, t.delta[r*v.Size:(r+1)*v.Size], vector)
		w.Words = append(w.Words, network.Word{Hash: v.hash[r], Vector: vector})
	}
	w.Common = min(common, len(w.Words))
	for p := range v.Parts {
		w.PartVectors = append(w.PartVectors, v.parts[p*v.Size:(p+1)*v.Size])
	}
	return w
}
