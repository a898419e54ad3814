package bus

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
)

// heavy is a value with a light form.
type heavy struct {
	ID, Body, Rest string
	Part           bool `json:"-"`
}

func (h heavy) Key() string  { return h.ID }
func (h heavy) Light() heavy { return heavy{ID: h.ID, Body: h.Body, Part: true} }
func (h heavy) Whole() bool  { return !h.Part }

func (heavy) Pack(light []*heavy) []byte {
	data, _ := json.Marshal(light)
	return data
}

func (heavy) Unpack(data []byte, light []*heavy) error {
	n := len(light)
	err := json.Unmarshal(data, &light) // into those that there are
	for _, h := range light {
		h.Part = true
	}
	if len(light) != n {
		return errors.New("they are not as many")
	}
	return err
}

// reformed is heavy as a later version of the program has it.
type reformed struct{ heavy }

func (r reformed) Light() reformed { return reformed{r.heavy.Light()} }

func (reformed) Pack([]*reformed) []byte { return nil }

func (reformed) Unpack([]byte, []*reformed) error { return errors.New("another form") }

func heavies(n int) []heavy {
	out := make([]heavy, n)
	for i := range out {
		out[i] = heavy{ID: fmt.Sprintf("h%05d", i), Body: "b", Rest: "rest"}
	}
	return out
}

// heavyBucket opens the bucket beside those that were opened before.
func heavyBucket(t *testing.T, b *Bus) *Bucket[heavy] {
	t.Helper()
	k, err := NewBucket[heavy](t.Context(), b, "cases")
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// wantAll fails unless the index shows the light form of all that is stored.
func wantAll[T interface {
	Keyed
	Light() T
}](t *testing.T, b *Bus, all map[string]Revised[T]) {
	t.Helper()
	want := map[string]string{}
	s, err := b.leader(t.Context(), "KV_cases")
	if err != nil {
		t.Fatal(err)
	}
	err = b.walk(t.Context(), walk{stream: s, filter: ">"}, func(m jetstream.Msg, meta *jetstream.MsgMetadata) error {
		var v T
		if m.Headers().Get(headerOperation) != "" {
			return nil
		}
		err := json.Unmarshal(m.Data(), &v)
		want[strings.TrimPrefix(m.Subject(), "$KV.cases.")] = fmt.Sprint(meta.Sequence.Stream, v.Light())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for key, r := range all {
		got[key] = fmt.Sprint(r.Revision, r.Value)
	}
	if len(want) < savedLeast || !maps.Equal(got, want) {
		t.Fatalf("the index shows %d values, stored are %d, or some differ", len(got), len(want))
	}
}

func index[T Keyed](k *Bucket[T]) map[string]Revised[T] {
	out := map[string]Revised[T]{}
	for _, r := range k.All() {
		out[r.Value.Key()] = *r
	}
	return out
}

// tamper changes a page of the saved index.
func tamper(t *testing.T, k *Bucket[heavy], n int, f func(*page, []*heavy) []*heavy) {
	t.Helper()
	s, err := k.bus.js.Stream(t.Context(), savedStream)
	if err != nil {
		t.Fatal(err)
	}
	p, values, err := k.readPage(t.Context(), s, n)
	if err != nil {
		t.Fatal(err)
	}
	light := make([]*heavy, len(values))
	for i := range values {
		light[i] = &values[i].Value
	}
	light = f(&p, light)
	if err := k.writePage(t.Context(), n, p, heavy{}.Pack(light)); err != nil {
		t.Fatal(err)
	}
}

// marking makes it show that the saved index is used.
func marking(_ *page, light []*heavy) []*heavy {
	light[0].Body = "saved"
	return light
}

// later makes a page say that it was saved later.
func later(by uint64) func(*page, []*heavy) []*heavy {
	return func(p *page, light []*heavy) []*heavy {
		p.Seq += by
		return light
	}
}

func marked(k *Bucket[heavy]) bool {
	for _, r := range k.All() {
		if r.Value.Body == "saved" {
			return true
		}
	}
	return false
}

func putHeavy(t *testing.T, k *Bucket[heavy], v heavy) {
	t.Helper()
	if _, err := k.Put(t.Context(), v); err != nil {
		t.Fatal(err)
	}
}

// filledHeavy opens a bucket of 2,500 values, some of them changed, and saves
// its index.
func filledHeavy(t *testing.T, b *Bus) *Bucket[heavy] {
	t.Helper()
	k := heavyBucket(t, b)
	if err := k.Create(t.Context(), heavies(2500)); err != nil {
		t.Fatal(err)
	}
	for _, h := range heavies(20) {
		h.Body = "changed"
		putHeavy(t, k, h)
	}
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
	// The watch may not have told all of it when the index was saved.
	k = heavyBucket(t, b)
	wantAll(t, b, index(k))
	k.saveIf(true)
	return k
}

// What was saved and what came after it is the index, however the process ended.
func TestSavedIndexIsUsed(t *testing.T) {
	each(t, func(t *testing.T, open func() *Bus) {
		b := open()
		first := filledHeavy(t, b)
		putHeavy(t, first, heavy{ID: "h00003", Body: "later", Rest: "r"})
		putHeavy(t, first, heavy{ID: "new", Body: "later", Rest: "r"})
		if err := first.Delete(t.Context(), "h00005"); err != nil {
			t.Fatal(err)
		}
		wantAll(t, b, index(heavyBucket(t, b)))
		tamper(t, first, 2, marking)
		second := heavyBucket(t, b)
		for tries := 0; !marked(second) && mayLag(second.stream) && tries < 20; tries++ {
			second = heavyBucket(t, b) // a replica gave the page as it was
		}
		if !marked(second) || len(second.All()) != 2500 {
			t.Fatalf("the saved index is not used: %d values", len(second.All()))
		}
		if r, err := second.Get(t.Context(), "new"); err != nil || !r.Value.Whole() || r.Value.Rest != "r" {
			t.Errorf("Get: %+v, %v, want the whole value", r, err)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		if !marked(heavyBucket(t, open())) {
			t.Error("the saved index is not used after a restart")
		}
	})
}

// A saved index that does not fit is not used, and never again.
func TestSavedIndexThatDoesNotFit(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, k *Bucket[heavy]) error{
		"a page of another time": func(t *testing.T, k *Bucket[heavy]) error {
			tamper(t, k, 1, later(1))
			return nil
		},
		"a page twice": func(t *testing.T, k *Bucket[heavy]) error {
			var second page
			var light []*heavy
			tamper(t, k, 1, func(p *page, l []*heavy) []*heavy { second, light = *p, l; return l })
			tamper(t, k, 2, func(p *page, _ []*heavy) []*heavy { *p = second; return light })
			return nil
		},
		"a page with too few values": func(t *testing.T, k *Bucket[heavy]) error {
			tamper(t, k, 1, func(_ *page, light []*heavy) []*heavy { return light[1:] })
			return nil
		},
		"a page of something else": func(t *testing.T, k *Bucket[heavy]) error {
			_, err := k.bus.js.Publish(t.Context(), k.pageSubject(1), []byte("something else"))
			return err
		},
		"a page missing": func(t *testing.T, k *Bucket[heavy]) error {
			s, err := k.bus.js.Stream(t.Context(), savedStream)
			if err != nil {
				return err
			}
			return s.Purge(t.Context(), jetstream.WithPurgeSubject(k.pageSubject(1)))
		},
		"another stream": func(t *testing.T, k *Bucket[heavy]) error {
			tamper(t, k, 0, func(p *page, light []*heavy) []*heavy { p.Of++; return light })
			return nil
		},
		"something lost": func(t *testing.T, k *Bucket[heavy]) error { return k.leader.DeleteMsg(t.Context(), 1000) },
		"the end lost, and written anew": func(t *testing.T, k *Bucket[heavy]) error {
			tamper(t, k, 0, later(10))
			tamper(t, k, 1, later(10))
			tamper(t, k, 2, later(10))
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t, t.TempDir(), "")
			k := filledHeavy(t, b)
			tamper(t, k, 0, marking)
			if err := spoil(t, k); err != nil {
				t.Fatal(err)
			}
			again := heavyBucket(t, b)
			wantAll(t, b, index(again))
			putHeavy(t, again, heavy{ID: "h00001", Body: "after"})
			wantAll(t, b, index(heavyBucket(t, b)))
		})
	}
}

func TestSavedIndexOfAnotherForm(t *testing.T) {
	b := start(t, t.TempDir(), "")
	tamper(t, filledHeavy(t, b), 0, marking)
	k, err := NewBucket[reformed](t.Context(), b, "cases")
	if err != nil {
		t.Fatal(err)
	}
	wantAll(t, b, index(k))
}
