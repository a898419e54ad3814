package learn

import "math"

// adam is the state of Kingma and Ba's optimiser (ICLR 2015) for one array.
type adam struct{ m, v, grad, value []float32 }

func newAdam(value []float32) *adam {
	n := len(value)
	return &adam{make([]float32, n), make([]float32, n), make([]float32, n), value}
}

// step moves the values against the gradient and clears it; t counts from 1.
func (a *adam) step(rate float64, t int) {
	const b1, b2 = 0.9, 0.999
	r := float32(rate * math.Sqrt(1-math.Pow(b2, float64(t))) / (1 - math.Pow(b1, float64(t))))
	for i, g := range a.grad {
		m := float32(b1*a.m[i]) + float32((1-b1)*g)
		v := float32(b2*a.v[i]) + float32(float32((1-b2)*g)*g)
		a.m[i], a.v[i] = m, v
		a.value[i] -= float32(r*m) / (float32(math.Sqrt(float64(v))) + 1e-8)
		a.grad[i] = 0
	}
}

// mean is the mean of arrays over time.
type mean struct {
	values, sums [][]float32
	n            int
}

func newMean(values ...[]float32) *mean {
	m := &mean{values: values}
	for _, v := range values {
		m.sums = append(m.sums, make([]float32, len(v)))
	}
	return m
}

func (m *mean) add() {
	m.n++
	for i, v := range m.values {
		for j, x := range v {
			m.sums[i][j] += x
		}
	}
}

// set puts the mean in the values' place, if there is one.
func (m *mean) set() {
	for i, v := range m.values {
		for j := range v {
			if m.n > 0 {
				v[j] = m.sums[i][j] / float32(m.n)
			}
		}
	}
}
