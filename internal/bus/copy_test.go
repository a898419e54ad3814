package bus

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"triage/internal/bus/cluster"
)

// practice is a bus with one stream of every kind.
type practice struct {
	*Bus
	topic  *Topic[event]
	bucket *Bucket[event]
	blobs  *Blobs
	audit  *Journal
}

func open(t *testing.T, b *Bus) practice {
	t.Helper()
	p := practice{Bus: b}
	var errs [4]error
	p.topic, errs[0] = NewTopic[event](t.Context(), b, "comments")
	p.bucket, errs[1] = NewBucket[event](t.Context(), b, "cases")
	p.blobs, errs[2] = NewBlobs(t.Context(), b, "texts")
	p.audit, errs[3] = NewJournal(t.Context(), b, "audit")
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.bucket.Close() })
	return p
}

var copied = []string{"KV_cases", "audit", "comments", "texts"}

// dump keeps what a stream holds and how far its readers are.
func dump(t *testing.T, b *Bus, stream string) (all []Message, readers map[string]uint64) {
	t.Helper()
	readers, err := b.Readers(t.Context(), stream)
	if err == nil {
		err = b.Dump(t.Context(), stream, func(m Message) error { all = append(all, m); return nil })
	}
	if err != nil {
		t.Fatal(err)
	}
	return all, readers
}

func load(t *testing.T, b *Bus, stream string, all []Message, readers map[string]uint64) {
	t.Helper()
	left := all
	where, err := b.Load(t.Context(), stream, func() (Message, error) {
		if len(left) == 0 {
			return Message{}, io.EOF
		}
		m := left[0]
		left = left[1:]
		return m, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, old := range readers {
		if err := b.SetReader(t.Context(), stream, name, where(old)); err != nil {
			t.Fatal(err)
		}
	}
}

// fill puts in 5,000 events and some of everything, with gaps.
func (p practice) fill(t *testing.T) {
	t.Helper()
	var blobs []Blob
	var records []Record
	for i := range 300 {
		blobs = append(blobs, Blob{fmt.Sprintf("b%d.text", i), []byte(fmt.Sprint("text ", i))})
		records = append(records, Record{Key: fmt.Sprint("case", i%7), Data: fmt.Appendf(nil, "act %d", i)})
	}
	_, added := p.audit.Append(t.Context(), 0, records)
	_, create := p.blobs.Create(t.Context(), blobs)
	errs := []error{
		added, create, p.topic.Publish(t.Context(), events(0, 5000)), p.topic.Publish(t.Context(), edits(0, 9)),
		p.bucket.Create(t.Context(), events(0, 500)), p.topic.Erase(t.Context(), "c0004"), p.blobs.Erase(t.Context(), "b7.text"),
		p.bucket.Delete(t.Context(), "e00003"),
	}
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// write writes on until the function that it returns is called.
func (p practice) write(t *testing.T) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; ctx.Err() == nil; i++ {
			_, put := p.bucket.Put(t.Context(), event{ID: fmt.Sprintf("e%05d", 100+i%50), Body: fmt.Sprint("again ", i)})
			if err := errors.Join(put, p.topic.Publish(t.Context(), events(6000+i, 6001+i))); err != nil {
				t.Error(err)
			}
		}
	}()
	return func() { cancel(); <-done }
}

func copies(t *testing.T, from, to practice) {
	from.fill(t)
	first := consume(t, from.topic, "reader", 1200, all)
	stop := from.write(t)
	began := time.Now()
	for _, stream := range copied {
		messages, readers := dump(t, from.Bus, stream)
		if stream == "comments" {
			stop() // of the others the dump is now too old or too new to compare
		}
		load(t, to.Bus, stream, messages, readers)
	}
	t.Logf("copied in %v", time.Since(began))
	for _, stream := range []string{"audit", "texts"} {
		was, _ := dump(t, from.Bus, stream)
		is, _ := dump(t, to.Bus, stream)
		same(t, stream, was, is)
	}
	if keys := len(to.bucket.All()); keys != 499 {
		t.Errorf("%d keys in the bucket, want 499", keys)
	}
	names, err := to.Streams(t.Context())
	if err != nil || !slices.IsSorted(names) || !slices.Contains(names, "KV_cases") {
		t.Errorf("streams %v, %v", names, err)
	}
	went(t, to, first)
}

// went fails unless the reader goes on where it was.
func went(t *testing.T, to practice, first []event) {
	t.Helper()
	n, err := to.topic.Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, e := range first {
		seen[e.ID]++
	}
	repeats := 0
	for _, e := range consume(t, to.topic, "reader", int(n)-len(first), all) {
		if seen[e.ID]++; seen[e.ID] > 1 {
			repeats++
		}
	}
	if len(seen) != int(n) {
		t.Errorf("saw %d of %d events", len(seen), n)
	}
	if repeats > batchAhead {
		t.Errorf("%d events came again", repeats)
	}
	t.Logf("%d events, %d read before, %d of them came again", n, len(first), repeats)
}

// same compares but for the sequences and the engine's headers.
func same(t *testing.T, stream string, was, is []Message) {
	t.Helper()
	if len(was) != len(is) {
		t.Fatalf("%s: %d messages, want %d", stream, len(is), len(was))
	}
	for i := range was {
		if a, b := was[i], is[i]; a.Subject != b.Subject || string(a.Data) != string(b.Data) || !a.At.Equal(b.At) {
			t.Fatalf("%s: message %d is %+v, was %+v", stream, i, b, a)
		}
	}
}

func TestCopyElsewhere(t *testing.T) {
	embedded := func(t *testing.T) practice { return open(t, start(t, t.TempDir(), "k1")) }
	if testing.Short() {
		copies(t, embedded(t), embedded(t))
		return
	}
	elsewhere := func(t *testing.T) practice { return open(t, connect(t, remote(cluster.Shared(t).Access(t)))) }
	t.Run("to the cluster", func(t *testing.T) { copies(t, embedded(t), elsewhere(t)) })
	t.Run("from the cluster", func(t *testing.T) { copies(t, elsewhere(t), embedded(t)) })
}

// A value that is replaced while the bucket is read must not fall out of the
// copy.
func TestDumpOfABucketMissesNothing(t *testing.T) {
	each(t, func(t *testing.T, reopen func() *Bus) {
		p := open(t, reopen())
		if err := p.bucket.Create(t.Context(), events(0, 2000)); err != nil {
			t.Fatal(err)
		}
		if err := p.bucket.Delete(t.Context(), "e00007"); err != nil {
			t.Fatal(err)
		}
		values := map[string]string{}
		err := p.Dump(t.Context(), "KV_cases", func(m Message) error {
			if len(values) == 0 {
				_, put := p.bucket.Put(t.Context(), event{ID: "e01999", Body: "new"})
				if err := errors.Join(put, p.bucket.Delete(t.Context(), "e01998")); err != nil {
					return err
				}
			}
			if _, twice := values[m.Subject]; twice || len(m.Data) == 0 {
				t.Errorf("%s came twice, or empty", m.Subject)
			}
			values[m.Subject] = string(m.Data)
			return nil
		})
		delete(values, "$KV.cases.e01998") // it may have been read ahead
		if err != nil || len(values) != 1998 || !strings.Contains(values["$KV.cases.e01999"], `"new"`) {
			t.Fatalf("%d values, the replaced one %q, %v", len(values), values["$KV.cases.e01999"], err)
		}
	})
}

func TestLoadRefusesWhatIsNotEmpty(t *testing.T) {
	p := open(t, start(t, t.TempDir(), ""))
	if err := p.topic.Publish(t.Context(), events(0, 1)); err != nil {
		t.Fatal(err)
	}
	_, err := p.Load(t.Context(), "comments", func() (Message, error) { return Message{}, errors.New("was asked") })
	if err == nil || !strings.Contains(err.Error(), "it holds 1 messages already") {
		t.Fatalf("%v, want a refusal", err)
	}
}

func TestWhatIsKeptOfAMessage(t *testing.T) {
	at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	m := Message{At: at, Header: map[string][]string{
		"Nats-Expected-Last-Subject-Sequence": {"7"}, "Nats-Batch-Id": {"x"}, headerOperation: {"PURGE"}, "Nats-TTL": {"1h"},
	}}
	h, alive := kept(m, at.Add(20*time.Minute))
	want := nats.Header{headerOperation: {"PURGE"}, jetstream.MsgTTLHeader: {"40m0s"}, headerAt: {"2026-05-01T12:00:00Z"}}
	if !alive || !maps.EqualFunc(h, want, slices.Equal) {
		t.Errorf("kept %v, want %v", h, want)
	}
	for ttl, want := range map[string]bool{"1h": false, "3600": false, "3h": true, "never": true, "": true} {
		m.Header["Nats-TTL"] = []string{ttl}
		if _, alive := kept(m, at.Add(time.Hour)); alive != want {
			t.Errorf("after an hour of %q: alive %v", ttl, alive)
		}
	}
}

func TestWhereASequenceWent(t *testing.T) {
	l := loading{runs: []run{{}}}
	for i, old := range []uint64{3, 4, 5, 9, 10, 20} {
		l.note(old, uint64(i)+1)
	}
	for old, want := range map[uint64]uint64{0: 0, 2: 0, 3: 1, 5: 3, 8: 3, 9: 4, 10: 5, 19: 5, 20: 6, 99: 6} {
		if got := l.where(old); got != want {
			t.Errorf("%d went to %d, want %d", old, got, want)
		}
	}
}

func TestSetReaderAgain(t *testing.T) {
	p := open(t, start(t, t.TempDir(), ""))
	if err := p.topic.Publish(t.Context(), events(0, 100)); err != nil {
		t.Fatal(err)
	}
	for _, after := range []uint64{90, 40} {
		if err := p.SetReader(t.Context(), "comments", "reader", after); err != nil {
			t.Fatal(err)
		}
		if readers, err := p.Readers(t.Context(), "comments"); err != nil || readers["reader"] != after {
			t.Fatalf("readers %v, %v, want %d", readers, err, after)
		}
	}
	if got := consume(t, p.topic, "reader", 60, all); got[0].ID != "e00040" || len(got) != 60 {
		t.Fatalf("went on with %s, %d events", got[0].ID, len(got))
	}
}
