package bus

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"runtime"
	"slices"
	"strconv"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"
)

// Lighter is a value too big to keep many of in memory. Its bucket shows a light
// form of it, only Get reads all, and saves that index from time to time, so that
// a start need not read everything.
type Lighter[T any] interface {
	// Light is the value without what only Get must tell. It is never stored.
	Light() T
	// Whole reports whether this is no light form.
	Whole() bool
	// Pack writes light forms down. The receiver does not matter.
	Pack(light []*T) []byte
	// Unpack reads what Pack wrote of as many, or fails, if another version of the
	// program did. The receiver does not matter.
	Unpack(data []byte, light []*T) error
}

// errLight refuses to store what is not all there.
var errLight = errors.New("this is the light form of a value: get the whole one to change it")

// light is what the index keeps of a value.
func light[T any](v T) T {
	if l, is := any(v).(Lighter[T]); is {
		return l.Light()
	}
	return v
}

// savedStream holds the saved indices, in pages.
const savedStream = "index"

// Limits of saving: fewer values are as quickly read; a page of a remote server
// may have a MiB; what was erased is not in a saved index for longer than a day.
const (
	savedLeast = 1000
	savedPage  = 1000
	savedLife  = 24 * time.Hour
)

// page is a part of a saved index. All that it holds is true at Seq, but for
// what was changed later.
type page struct {
	Of        int64 // when the stream was made
	Seq       uint64
	At        time.Time
	Pages     int
	Revisions []uint64 // of the values, which follow
}

// packer packs the values of the bucket; nil: they have no light form.
func (k *Bucket[T]) packer() Lighter[T] {
	var v T
	p, _ := any(v).(Lighter[T])
	return p
}

// made tells the bucket's stream from one that was there before.
func (k *Bucket[T]) made() int64 { return k.stream.CachedInfo().Created.UnixNano() }

func (k *Bucket[T]) pageSubject(n int) string {
	return savedStream + "." + k.name + "." + strconv.Itoa(n)
}

// recall takes over the saved index, if there is one.
func (k *Bucket[T]) recall(ctx context.Context) bool {
	if k.packer() == nil {
		return false
	}
	s, err := k.bus.js.Stream(ctx, savedStream)
	if err != nil {
		return false
	}
	first, _, err := k.readPage(ctx, s, 0)
	if err != nil {
		return false
	}
	k.index = make(map[string]*Revised[T], first.Pages*savedPage)
	var pages errgroup.Group
	pages.SetLimit(runtime.GOMAXPROCS(0))
	for n := range first.Pages {
		pages.Go(func() error {
			p, values, err := k.readPage(ctx, s, n)
			if err == nil && p.Seq != first.Seq {
				err = errUnfit
			}
			if err != nil {
				return err
			}
			k.mu.Lock()
			defer k.mu.Unlock()
			for i := range values {
				k.keep(values[i].Value.Key(), &values[i])
			}
			return nil
		})
	}
	k.seen, k.savedSeq, k.savedAt = first.Seq, first.Seq, first.At
	return pages.Wait() == nil
}

var errUnfit = errors.New("it belongs to something else")

func (k *Bucket[T]) readPage(ctx context.Context, s jetstream.Stream, n int) (p page, values []Revised[T], err error) {
	m, err := s.GetLastMsgForSubject(ctx, k.pageSubject(n))
	if err != nil {
		return p, nil, err
	}
	r := bytes.NewReader(m.Data)
	if err := gob.NewDecoder(r).Decode(&p); err != nil {
		return p, nil, err
	}
	if p.Of != k.made() {
		return p, nil, errUnfit
	}
	values = make([]Revised[T], len(p.Revisions))
	light := make([]*T, len(values))
	for i := range values {
		values[i].Revision, light[i] = p.Revisions[i], &values[i].Value
	}
	return p, values, k.packer().Unpack(m.Data[len(m.Data)-r.Len():], light)
}

// fits reports whether the saved index, with what came after it, is all there
// is: each key has one message.
func (k *Bucket[T]) fits(ctx context.Context) bool {
	info, err := k.stream.Info(ctx)
	return err == nil && info.State.LastSeq >= k.savedSeq && info.State.Msgs == uint64(len(k.index))
}

// forget removes a saved index that does not fit.
func (k *Bucket[T]) forget(ctx context.Context) {
	if k.packer() == nil {
		return
	}
	if s, err := k.bus.js.Stream(ctx, savedStream); err == nil {
		_ = s.Purge(ctx, jetstream.WithPurgeSubject(savedStream+"."+k.name+".>"))
	}
	clear(k.index)
	k.seen, k.savedSeq, k.savedAt = 0, 0, time.Time{}
}

// saveIf saves the index if enough has changed since, or anything at the end.
func (k *Bucket[T]) saveIf(atEnd bool) {
	if k.packer() == nil {
		return
	}
	k.saving.Lock()
	defer k.saving.Unlock()
	k.mu.RLock()
	seq, n := k.seen, len(k.index)
	k.mu.RUnlock()
	behind := seq - k.savedSeq
	enough := atEnd || behind >= uint64(max(savedLeast, n/10)) || time.Since(k.savedAt) > savedLife
	if behind == 0 || n < savedLeast || !enough {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), askTimeout)
	defer cancel()
	if err := k.save(ctx, seq, k.All()); err != nil {
		k.bus.log.Warn("index not saved: the next start takes longer", zap.String("bucket", k.name), zap.Error(explain(err)))
		return
	}
	k.savedSeq, k.savedAt = seq, time.Now()
}

// save writes the index as it is at seq, or a little later.
func (k *Bucket[T]) save(ctx context.Context, seq uint64, values []*Revised[T]) error {
	cfg := jetstream.StreamConfig{Name: savedStream, Subjects: []string{savedStream + ".>"}, MaxMsgsPerSubject: 1}
	if _, _, err := k.bus.open(ctx, cfg); err != nil {
		return err
	}
	p := page{Of: k.made(), Seq: seq, At: time.Now(), Pages: (len(values) + savedPage - 1) / savedPage}
	n := 0
	for part := range slices.Chunk(values, savedPage) {
		p.Revisions = nil
		light := make([]*T, len(part))
		for i, r := range part {
			light[i] = &r.Value
			p.Revisions = append(p.Revisions, r.Revision)
		}
		if err := k.writePage(ctx, n, p, k.packer().Pack(light)); err != nil {
			return err
		}
		n++
	}
	return nil
}

func (k *Bucket[T]) writePage(ctx context.Context, n int, p page, packed []byte) error {
	var data bytes.Buffer
	if err := gob.NewEncoder(&data).Encode(p); err != nil {
		return err
	}
	data.Write(packed)
	_, err := k.bus.js.Publish(ctx, k.pageSubject(n), data.Bytes())
	return err
}
