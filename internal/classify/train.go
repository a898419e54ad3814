package classify

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Sample is a labelled text, with the fields of the labelling guideline.
type Sample struct {
	ID         string   `json:"id"`
	Text       string   `json:"text"`
	Level      int      `json:"d"`
	Subject    string   `json:"s"`
	Kinds      []string `json:"c"`
	Urgent     int      `json:"u"`
	Identifier int      `json:"p"`
	Lang       string   `json:"lang"`
	// Weight is how much it counts in training; 0 counts as 1.
	Weight float64 `json:"-"`
}

// What the training does; chosen on the development sets.
const (
	trainRounds = 8
	trainRate   = 0.08
	trainDecay  = 2e-4
	trainFolds  = 5
	// trainUrgent is the log-odds from which on a text is urgent: low, since a
	// miss is worse than a false alarm.
	trainUrgent = -4
)

// example is a sample made ready.
type example struct {
	features
	sample *Sample
}

// Train learns the weights and the calibration from labelled texts and returns
// the file that New reads. The same samples in the same order give the same
// bytes on one architecture.
func Train(samples []Sample) ([]byte, error) {
	ls, err := loadLexicons()
	if err != nil {
		return nil, err
	}
	examples := make([]example, len(samples))
	for i := range samples {
		s := &samples[i]
		l := ls[s.Lang]
		if l == nil {
			return nil, fmt.Errorf("train: sample %d: no word list for its language", i)
		}
		if s.Weight == 0 {
			s.Weight = 1
		}
		examples[i] = example{newReading(read(s.Text), s.Lang, l).features(), s}
	}
	held := holdOut(examples)
	m := fit(examples)
	m.calibrate(examples, held)
	return m.encode()
}

// holdOut answers every example by a model that has not seen it.
func holdOut(examples []example) []answer {
	out := make([]answer, len(examples))
	for fold := range trainFolds {
		var rest []example
		for i, e := range examples {
			if i%trainFolds != fold {
				rest = append(rest, e)
			}
		}
		m := fit(rest)
		for i := fold; i < len(examples); i += trainFolds {
			out[i] = m.answer(examples[i].features)
		}
	}
	return out
}

// learner is a model while it learns: AdaGrad over hashed features.
type learner struct {
	w, g  []float64
	bias  [outputs]float64
	gBias [outputs]float64
}

// fit learns from the examples, in an order shuffled the same way every time.
func fit(examples []example) *model {
	l := &learner{w: make([]float64, outputs<<bits), g: make([]float64, outputs<<bits)}
	order := make([]int, len(examples))
	for i := range order {
		order[i] = i
	}
	seed := uint64(1)
	for range trainRounds {
		for i := len(order) - 1; i > 0; i-- {
			seed = seed*6364136223846793005 + 1442695040888963407
			j := int((seed >> 33) % uint64(i+1))
			order[i], order[j] = order[j], order[i]
		}
		for _, i := range order {
			l.step(&examples[i])
		}
	}
	return l.quantise()
}

// step moves the weights a little towards one example's labels.
func (l *learner) step(e *example) {
	scale := wordScale(len(e.words))
	a := l.bias
	l.sum(&a, e.words, scale)
	l.sum(&a, e.context, 1)
	for _, i := range e.alarm {
		a[outUrgent] += l.w[int(i)*outputs+outUrgent]
	}
	grad := gradient(a, e.sample)
	for c := range grad {
		l.gBias[c] += grad[c] * grad[c]
		l.bias[c] -= trainRate * grad[c] / math.Sqrt(l.gBias[c]+1e-8)
	}
	l.move(e.words, grad, scale)
	l.move(e.context, grad, 1)
	l.move(e.alarm, [outputs]float64{outUrgent: grad[outUrgent]}, 1)
}

func (l *learner) sum(a *[outputs]float64, fs []uint32, x float64) {
	for _, f := range fs {
		row := l.w[int(f)*outputs:][:outputs]
		for c, w := range row {
			a[c] += w * x
		}
	}
}

func (l *learner) move(fs []uint32, grad [outputs]float64, x float64) {
	for _, f := range fs {
		row, sq := l.w[int(f)*outputs:][:outputs], l.g[int(f)*outputs:][:outputs]
		for c := range grad {
			if grad[c] == 0 {
				continue
			}
			d := grad[c]*x + trainDecay*row[c]
			sq[c] += d * d
			row[c] -= trainRate * d / math.Sqrt(sq[c]+1e-2)
		}
	}
}

// gradient is the derivative of the loss by the answers: softmax over the
// levels, logistic for urgent and, where there is a subject, for family.
func gradient(a [outputs]float64, s *Sample) [outputs]float64 {
	var g [outputs]float64
	hi := max(a[0], a[1], a[2])
	z := math.Exp(a[0]-hi) + math.Exp(a[1]-hi) + math.Exp(a[2]-hi)
	for c := range 3 {
		g[c] = math.Exp(a[c]-hi) / z
	}
	g[s.Level]--
	g[outUrgent] = sigmoid(a[outUrgent]) - float64(s.Urgent)
	if s.Level > 0 {
		g[outFamily] = sigmoid(a[outFamily]) - one(s.Subject == string(Family))
	}
	for c := range g {
		g[c] *= s.Weight
	}
	return g
}

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// quantise stores the weights in bytes.
func (l *learner) quantise() *model {
	m := &model{weights: make([]int8, len(l.w))}
	m.Bias = l.bias
	for c := range outputs {
		top := 0.0
		for i := c; i < len(l.w); i += outputs {
			top = max(top, math.Abs(l.w[i]))
		}
		m.Scale[c] = max(top, 1e-9) / 127
		for i := c; i < len(l.w); i += outputs {
			m.weights[i] = int8(math.Round(l.w[i] / m.Scale[c]))
		}
	}
	return m
}

// calibrate chooses what is left on answers to unseen examples.
func (m *model) calibrate(examples []example, held []answer) {
	m.platt(examples, held)
	m.offsets(examples, held)
	m.Urgent = trainUrgent
	m.Family = familyThreshold(examples, held)
}

// platt fits a sigmoid to the log-odds of clear by Newton's method.
func (m *model) platt(examples []example, held []answer) {
	a, b := 1.0, 0.0
	for range 50 {
		var ga, gb, haa, hab, hbb float64
		for i := range held {
			x := clearOdds(held[i])
			p := sigmoid(a*x + b)
			s := examples[i].sample
			d, w := s.Weight*(p-one(s.Level == 2)), s.Weight*p*(1-p)
			ga, gb = ga+d*x, gb+d
			haa, hab, hbb = haa+w*x*x, hab+w*x, hbb+w
		}
		det := haa*hbb - hab*hab + 1e-9
		a -= (hbb*ga - hab*gb) / det
		b -= (haa*gb - hab*ga) / det
	}
	m.PlattA, m.PlattB = a, b
}

// offsets chooses by macro F1.
func (m *model) offsets(examples []example, held []answer) {
	best, keep := -1.0, [3]float64{}
	for p := -1.5; p <= 1.5; p += 0.1 {
		for c := -1.5; c <= 1.5; c += 0.1 {
			m.Offset = [3]float64{0, p, c}
			if f := m.macro(examples, held); f > best+1e-9 {
				best, keep = f, m.Offset
			}
		}
	}
	m.Offset = keep
}

func (m *model) macro(examples []example, held []answer) float64 {
	var n [3][3]float64
	for i := range held {
		n[examples[i].sample.Level][m.level(held[i])] += examples[i].sample.Weight
	}
	sum := 0.0
	for l := range 3 {
		said := n[0][l] + n[1][l] + n[2][l]
		is := n[l][0] + n[l][1] + n[l][2]
		sum += 2 * n[l][l] / max(said+is, 1) / 3
	}
	return sum
}

// familyThreshold chooses the log-odds with the best F1.
func familyThreshold(examples []example, held []answer) float64 {
	type pair struct {
		odds float64
		yes  bool
	}
	var ps []pair
	total := 0.0
	for i := range held {
		if s := examples[i].sample; s.Level > 0 {
			yes := s.Subject == string(Family)
			ps = append(ps, pair{held[i][outFamily], yes})
			total += one(yes)
		}
	}
	slices.SortStableFunc(ps, func(a, b pair) int { return cmp.Compare(b.odds, a.odds) })
	best, at, hit := -1.0, 0.0, 0.0
	for i, p := range ps {
		hit += one(p.yes)
		if f := 2 * hit / (total + float64(i+1)); f > best {
			best, at = f, p.odds
		}
	}
	return at
}
