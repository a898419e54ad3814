package network

import (
	"encoding/binary"
	"math"
)

// encoder tabulates a network.
type encoder struct {
	*Weights
	columns int
	rows    [][]float32 // of the common words
	tagRows [][]float32
	scale   []float32 // pooled: what a step of the table is worth
}

// project answers the common words and the tags, and finds the scale of each
// filter's answers.
func (e *encoder) project() {
	wide := e.Size + Tags
	answer := func(vector []float32, from int) []float32 {
		row := make([]float32, e.columns)
		for c := range row {
			w := e.W[c*wide+from:]
			sum := 0.0
			for i, x := range vector {
				sum += float64(x) * float64(w[i])
			}
			row[c] = float32(sum)
		}
		return row
	}
	for _, w := range e.Words[:e.Common] {
		e.rows = append(e.rows, answer(w.Vector, 0))
	}
	for t := range Tags {
		e.tagRows = append(e.tagRows, answer([]float32{1}, e.Size+t))
	}
	e.scale = make([]float32, e.Filters*len(Widths))
	for _, row := range append(e.rows, e.tagRows...) {
		for c, x := range row {
			p := e.filter(c)
			e.scale[p] = max(e.scale[p], float32(math.Abs(float64(x)))/127)
		}
	}
	for i := range e.scale {
		e.scale[i] = max(e.scale[i], 1e-12)
	}
}

// filter is the pooled place of a column.
func (e *encoder) filter(column int) int { return filterOf(column, e.Filters) }

func filterOf(column, filters int) int {
	at, offset := 0, column/filters
	for k, w := range Widths {
		if offset < at+w {
			return k*filters + column%filters
		}
		at += w
	}
	panic("network: no such column")
}

func (e *encoder) quantised(rows [][]float32) []byte {
	b := make([]byte, 0, len(rows)*e.columns)
	for _, row := range rows {
		for c, x := range row {
			b = append(b, byte(step(x/e.scale[e.filter(c)])))
		}
	}
	return b
}

// step rounds to what a byte holds.
func step(x float32) int8 {
	return int8(max(-127, min(127, math.RoundToEven(float64(x)))))
}

func (e *encoder) common() []byte { return e.quantised(e.rows) }
func (e *encoder) tags() []byte   { return e.quantised(e.tagRows) }

func greatest(rows ...[]float32) float32 {
	top := float32(1e-9)
	for _, row := range rows {
		for _, x := range row {
			top = max(top, x, -x)
		}
	}
	return top
}

// rare stores the vectors of the words that are not tabulated.
func (e *encoder) rare() (vectors, scales []byte) {
	for _, w := range e.Words[e.Common:] {
		s := greatest(w.Vector) / 127
		scales = binary.LittleEndian.AppendUint32(scales, math.Float32bits(s))
		for _, x := range w.Vector {
			vectors = append(vectors, byte(step(x/s)))
		}
	}
	return vectors, scales
}

func (e *encoder) parts() []byte {
	var b []byte
	for _, v := range e.PartVectors {
		for _, x := range v {
			b = append(b, byte(step(x/e.PartScale)))
		}
	}
	return b
}

// slots is the table of words: linear probing by hash.
func (e *encoder) slots() []byte {
	b := make([]byte, 8*e.Slots)
	mask := uint64(e.Slots - 1)
	for r, w := range e.Words {
		i := w.Hash & mask
		for binary.LittleEndian.Uint32(b[8*i+4:]) != 0 {
			i = (i + 1) & mask
		}
		binary.LittleEndian.PutUint32(b[8*i:], uint32(w.Hash>>32))
		binary.LittleEndian.PutUint32(b[8*i+4:], uint32(r+1))
	}
	return b
}

// vectors is W for vectors alone, in the order of project, and what a step of
// each column is worth.
func (e *encoder) vectors() (w []byte, steps []float32) {
	top := float32(min(math.MaxInt16, math.MaxInt32/(127*finer*e.Size))) // so that a sum fits
	wide := e.Size + Tags
	for c := range e.columns {
		steps = append(steps, greatest(e.W[c*wide:c*wide+e.Size])/top)
	}
	for first := 0; first < e.columns; first += block {
		for i := 0; i < e.Size; i += 2 {
			for c := first; c < first+block; c++ {
				for _, x := range e.W[c*wide+i : c*wide+i+2] {
					w = binary.LittleEndian.AppendUint16(w, uint16(int16(math.RoundToEven(float64(x/steps[c])))))
				}
			}
		}
	}
	for c := range steps {
		steps[c] /= e.scale[e.filter(c)]
	}
	return w, steps
}

// head are the linear layers with the outputs of a filter side by side, in lanes.
func (e *encoder) head() []float32 {
	pooled := e.Filters * len(Widths)
	out := make([]float32, Heads*pooled*lanes)
	for k := range Heads {
		for o := range Outputs {
			for p := range pooled {
				out[(k*pooled+p)*lanes+o] = e.Head[(k*Outputs+o)*pooled+p]
			}
		}
	}
	return out
}
