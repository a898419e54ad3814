package settings

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"
)

// Thirty-two people want the same version changed, in eight processes, while
// others read: one wins each round, and nobody sees what was never set.
func TestOneWinnerEachRound(t *testing.T) {
	m := &memory{}
	all := make([]*Settings, 8)
	for i := range all {
		all[i] = open(t, m)
	}
	reading, stop := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for _, s := range all {
		v := of[int](t, s, "count")
		readers.Go(func() {
			for last := 0; reading.Err() == nil; {
				n := v.Get()
				if n/100 < last/100 {
					t.Errorf("after a value of round %d came one of round %d", last/100, n/100)
				}
				last = n
				_, _ = s.List(), s.Refused()
			}
		})
	}
	for round := 1; round <= 50; round++ {
		won := race(t, all, round)
		for _, s := range all {
			if l := find(t, s, "count"); l.Value != won {
				t.Errorf("round %d: %s is in force, %s won", round, l.Value, won)
			}
		}
	}
	stop()
	readers.Wait()
}

// race lets all want something else, and returns what the one who won wanted.
func race(t *testing.T, all []*Settings, round int) string {
	t.Helper()
	const people = 32
	version := find(t, all[0], "count").Version
	won, lost := make(chan string, people), make(chan error, people)
	var wg sync.WaitGroup
	for p := range people {
		wg.Go(func() {
			c := Change{Name: "count", Value: strconv.Itoa(round*100 + p), By: fmt.Sprint("p", p), Version: version}
			if err := all[p%len(all)].Set(t.Context(), c); err != nil {
				lost <- err
			} else {
				won <- c.Value
			}
		})
	}
	wg.Wait()
	if len(won) != 1 {
		t.Fatalf("round %d: %d won", round, len(won))
	}
	for range people - 1 {
		if err := <-lost; !errors.Is(err, ErrConflict) {
			t.Fatal(err)
		}
	}
	return <-won
}

func BenchmarkGet(b *testing.B) {
	s, err := New(&memory{}, declared())
	if err != nil {
		b.Fatal(err)
	}
	v, err := Of[time.Duration](s, "posting.undo")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		v.Get()
	}
}
