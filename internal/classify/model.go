package classify

import (
	"bytes"
	_ "embed" // the weights
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
)

//go:embed model/weights.bin
var shipped []byte

// The answers of the model, one column of weights each.
const (
	outNone = iota
	outPossible
	outClear
	outUrgent
	outFamily
	outputs
)

// magic begins a file of weights.
const magic = "triage-linear-1\n"

// settings are the few numbers of a model beside its weights.
type settings struct {
	Bias [outputs]float64 `json:"bias"`
	// Scale turns a stored weight of a column into the weight.
	Scale [outputs]float64 `json:"scale"`
	// PlattA and PlattB turn the log-odds of clear into a probability.
	PlattA float64 `json:"platt_a"`
	PlattB float64 `json:"platt_b"`
	// Offset is added to each level before the greatest is taken.
	Offset [3]float64 `json:"offset"`
	// Urgent and Family are the log-odds from which on the answer is yes.
	Urgent float64 `json:"urgent"`
	Family float64 `json:"family"`
}

// model is a linear model over hashed features, in bytes.
type model struct {
	settings
	weights []int8 // outputs a row, 1<<bits rows
}

// wordScale is the value of a feature of the words; those of the context
// count 1.
func wordScale(n int) float64 { return 6 / math.Sqrt(float64(n)+20) }

// loadModel reads what encode wrote.
func loadModel(b []byte) (*model, error) {
	rest, ok := bytes.CutPrefix(b, []byte(magic))
	if !ok || len(rest) < 4 {
		return nil, errors.New("load weights: not a file of weights")
	}
	n := int(binary.LittleEndian.Uint32(rest))
	rest = rest[4:]
	if n > len(rest) || len(rest)-n != outputs<<bits {
		return nil, fmt.Errorf("load weights: %d bytes do not fit", len(b))
	}
	m := &model{weights: make([]int8, outputs<<bits)}
	if err := json.Unmarshal(rest[:n], &m.settings); err != nil {
		return nil, fmt.Errorf("load weights: %w", err)
	}
	for i, w := range rest[n:] {
		m.weights[i] = int8(w)
	}
	return m, nil
}

// encode writes the model as a file.
func (m *model) encode() ([]byte, error) {
	head, err := json.Marshal(m.settings)
	if err != nil {
		return nil, fmt.Errorf("encode weights: %w", err)
	}
	b := binary.LittleEndian.AppendUint32([]byte(magic), uint32(len(head)))
	b = append(b, head...)
	for _, w := range m.weights {
		b = append(b, byte(w))
	}
	return b, nil
}

// answer is what the model says of one text, as log-odds per column.
type answer [outputs]float64

func (m *model) answer(f features) answer {
	var words, context [outputs]int32
	m.add(&words, f.words)
	m.add(&context, f.context)
	s := wordScale(len(f.words))
	for _, i := range f.alarm {
		context[outUrgent] += int32(m.weights[int(i)*outputs+outUrgent])
	}
	var a answer
	for c := range a {
		a[c] = m.Bias[c] + m.Scale[c]*(s*float64(words[c])+float64(context[c]))
	}
	return a
}

func (m *model) add(sum *[outputs]int32, fs []uint32) {
	for _, f := range fs {
		row := m.weights[int(f)*outputs:][:outputs]
		for c, w := range row {
			sum[c] += int32(w)
		}
	}
}

// level picks the level.
func (m *model) level(a answer) Level {
	best := None
	for l := Possible; l <= Clear; l++ {
		if a[l]+m.Offset[l] > a[best]+m.Offset[best] {
			best = l
		}
	}
	return best
}

// score is the calibrated probability of Clear.
func (m *model) score(a answer) float64 { return sigmoid(m.PlattA*clearOdds(a) + m.PlattB) }

// clearOdds is the log-odds of Clear against both others.
func clearOdds(a answer) float64 {
	hi := max(a[outNone], a[outPossible])
	return a[outClear] - hi - math.Log(math.Exp(a[outNone]-hi)+math.Exp(a[outPossible]-hi))
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
