package bus

import (
	"testing"
	"time"
)

// What one process says the others hear, in its order, and nobody who listens later.
func TestWire(t *testing.T) {
	each(t, func(t *testing.T, open func() *Bus) {
		b := open()
		type word struct{ Of, Text string }
		heard := make(chan word, 10)
		hear := func(of string) func(event) { return func(e event) { heard <- word{of, e.Body} } }
		here, err := NewWire(b, "test", hear("here"))
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"one", "two"} {
			if err := here.Say(event{Body: text}); err != nil {
				t.Fatal(err)
			}
		}
		next := func() word {
			select {
			case w := <-heard:
				return w
			case <-time.After(patience):
				t.Fatal("nothing is heard")
				return word{}
			}
		}
		if a, b := next(), next(); a != (word{"here", "one"}) || b != (word{"here", "two"}) {
			t.Errorf("heard %v, then %v", a, b)
		}
		there, err := NewWire(b, "test", hear("there"))
		if err != nil {
			t.Fatal(err)
		}
		if err := b.nc.Publish("wire.test", []byte("{")); err != nil { // from another version
			t.Fatal(err)
		}
		if err := there.Say(event{Body: "three"}); err != nil {
			t.Fatal(err)
		}
		got := map[word]bool{next(): true, next(): true}
		if !got[word{"here", "three"}] || !got[word{"there", "three"}] {
			t.Errorf("heard %v, want it in both", got)
		}
		if err := there.Close(); err != nil {
			t.Error(err)
		}
		if err := here.Say(event{Body: "four"}); err != nil {
			t.Fatal(err)
		}
		if w := next(); w != (word{"here", "four"}) {
			t.Errorf("after one closed, heard %v", w)
		}
		if err := here.Close(); err != nil {
			t.Error(err)
		}
	})
}
