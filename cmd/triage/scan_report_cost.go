package main

import (
	"math"
	"time"
)

// scores is how the calibrated scores are distributed: as the sum of the
// probabilities in a range of scores is the number of clear comments expected
// in it, it says what each threshold would find and cost.
type scores struct {
	count [scoreSteps + 1]int
	sum   [scoreSteps + 1]float64
}

// scoreSteps is as fine as scores are written in JSON.
const scoreSteps = 10000

func (s *scores) add(score float64) {
	if math.IsNaN(score) {
		return
	}
	i := int(math.Round(min(max(score, 0), 1) * scoreSteps))
	s.count[i]++
	s.sum[i] += min(max(score, 0), 1)
}

// cost is what it takes to find a share of the clear comments.
type cost struct {
	// from is the lowest score that is looked at.
	from float64
	// look is how many comments have at least it.
	look int
	// clear is how many of them are expected to be clear, of all expected.
	clear, all float64
}

// find returns the cost of finding this share of the clear comments.
func (s *scores) find(share float64) cost {
	c := cost{from: 1}
	for _, x := range s.sum {
		c.all += x
	}
	for i := scoreSteps; i >= 0 && c.clear < share*c.all; i-- {
		if s.count[i] > 0 {
			c.from = float64(i) / scoreSteps
			c.look += s.count[i]
			c.clear += s.sum[i]
		}
	}
	return c
}

// takes is how long staff look at n comments.
func takes(n int, each time.Duration) time.Duration { return time.Duration(n) * each }
