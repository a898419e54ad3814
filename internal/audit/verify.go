package audit

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"
)

// Report is what Verify found.
type Report struct {
	Records uint64 `json:"records"`
	// First and Last are when the first and the last one were recorded.
	First time.Time `json:"first,omitzero"`
	Last  time.Time `json:"last,omitzero"`
	// Head is the MAC of the last record.
	Head MAC `json:"head"`
	// Checkpoints is how many of them hold and fit the log.
	Checkpoints int `json:"checkpoints"`
	// Vouched is up to which record the outside vouches. That a log was cut short
	// after it cannot be seen.
	Vouched uint64 `json:"vouched"`
	// Faults are the first thousand, More the number of the others.
	Faults []Fault `json:"faults"`
	More   int     `json:"more,omitempty"`
}

// OK tells whether nothing is wrong.
func (r Report) OK() bool { return len(r.Faults) == 0 }

// Fault is one thing that is wrong.
type Fault struct {
	// N is the number of the record, Line that of the checkpoint's line; 0 where
	// there is none.
	N    uint64 `json:"n,omitempty"`
	Line int    `json:"line,omitempty"`
	What string `json:"what"`
}

const faultsMost = 1000

func (r *Report) fault(f Fault, args ...any) {
	if len(r.Faults) >= faultsMost {
		r.More++
		return
	}
	f.What = fmt.Sprintf(f.What, args...)
	r.Faults = append(r.Faults, f)
}

// Verify computes the whole chain again and holds it against the checkpoints,
// one JSON line each, oldest first; nil if there are none. What is wrong is in
// the report; the error says only that something could not be read. The log
// may grow meanwhile. Memory use does not depend on its length.
func Verify(ctx context.Context, j Journal, key []byte, checkpoints io.Reader) (Report, error) {
	k, err := newKeys(key)
	if err != nil {
		return Report{}, err
	}
	v := &verifier{mac: k.mac(), linked: true, outside: outside{key: k.public()}}
	if checkpoints != nil {
		v.outside.r = bufio.NewReaderSize(checkpoints, 4<<10)
	}
	v.nextCheckpoint()
	if err := j.Each(ctx, 1, v.see); err != nil {
		return v.Report, fmt.Errorf("read the audit log: %w", err)
	}
	for v.next != nil {
		// Nothing is missing that was only recorded while this was reading.
		if err := j.Each(ctx, v.seq+1, v.see); err != nil {
			return v.Report, fmt.Errorf("read the audit log: %w", err)
		}
		if v.reach(); v.next != nil {
			v.fault(Fault{Line: v.line, What: "the log ends at record %d but a checkpoint of %s vouches for record %d: records were removed from its end"},
				v.n, v.next.At.Format(time.DateTime), v.next.N)
			v.nextCheckpoint()
		}
	}
	return v.Report, v.err
}

// verifier walks the log and the checkpoints side by side.
type verifier struct {
	Report
	outside
	mac    hash.Hash
	seq    uint64 // place of the last entry
	n      uint64 // number of the last record
	linked bool   // Head is known to be what the next record must follow
}

// outside reads checkpoints.
type outside struct {
	r    *bufio.Reader
	key  ed25519.PublicKey
	line int
	next *Checkpoint // not yet reached; nil after the last
	err  error
}

// see checks one entry. Every fault is told once: what follows is held against
// what is there.
func (v *verifier) see(seq uint64, e Entry) error {
	v.Records++
	r, err := decode(e.Data)
	switch {
	case err != nil:
		v.fault(Fault{N: v.n + 1, What: "record %d cannot be read: it is %v"}, v.n+1, err)
	case !r.genuine(v.mac, e.Data):
		v.fault(Fault{N: v.n + 1, What: "record %d was changed or is forged"}, v.n+1)
		err = ErrBroken
	default:
		v.place(seq, e.Key, &r)
	}
	v.seq, v.linked = seq, err == nil
	if err != nil {
		v.n, v.Head = v.n+1, MAC{}
	} else {
		v.n, v.Head, v.Last = r.N, r.MAC, r.Logged
		if v.First.IsZero() {
			v.First = r.Logged
		}
	}
	v.reach()
	return nil
}

// place checks that a genuine record stands where it belongs.
func (v *verifier) place(seq uint64, key string, r *Record) {
	switch want := v.n + 1; {
	case r.N > want:
		v.fault(Fault{N: want, What: "records %d to %d are missing"}, want, r.N-1)
	case r.N < want:
		v.fault(Fault{N: r.N, What: "record %d stands after record %d: repeated, moved or inserted"}, r.N, v.n)
	case v.linked && r.Prev != v.Head:
		v.fault(Fault{N: r.N, What: "record %d does not follow the record before it: one of them is of another log"}, r.N)
	case seq-r.N != v.seq-v.n:
		v.fault(Fault{N: r.N, What: "record %d stands at place %d of the store"}, r.N, seq)
	}
	if key != r.key() {
		v.fault(Fault{N: r.N, What: "record %d is filed under another key"}, r.N)
	}
}

// reach compares the checkpoints up to where the log was read.
func (v *verifier) reach() {
	for v.next != nil && v.next.N <= v.n {
		switch {
		case v.next.N < v.n:
			v.fault(Fault{N: v.next.N, Line: v.line, What: "a checkpoint of %s vouches for record %d, which is missing, or the checkpoint stands behind a later one"},
				v.next.At.Format(time.DateTime), v.next.N)
		case v.next.Head != v.Head:
			v.fault(Fault{N: v.n, Line: v.line, What: "record %d is not the one that a checkpoint of %s vouches for: the log was written anew or is an older copy that went on"},
				v.n, v.next.At.Format(time.DateTime))
		default:
			v.Checkpoints, v.Vouched = v.Checkpoints+1, max(v.Vouched, v.n)
		}
		v.nextCheckpoint()
	}
}

// nextCheckpoint reads on to the next line that holds.
func (v *verifier) nextCheckpoint() {
	for v.next = nil; v.next == nil; {
		line, ok := v.readLine()
		if !ok {
			return
		}
		if len(line) == 0 {
			continue
		}
		c, err := readCheckpoint(line, v.key)
		if err != nil {
			v.fault(Fault{Line: v.line, What: "line %d of the checkpoints %v"}, v.line, err)
			continue
		}
		v.next = &c
	}
}

// readLine returns the next line, or of one that is far too long its end. Its
// bytes hold until the next call.
func (o *outside) readLine() ([]byte, bool) {
	if o.r == nil || o.err != nil {
		return nil, false
	}
	line, err := o.r.ReadSlice('\n')
	o.line++
	for errors.Is(err, bufio.ErrBufferFull) {
		line, err = o.r.ReadSlice('\n')
		line = append([]byte("… "), line...)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		o.err = fmt.Errorf("read the checkpoints: %w", err)
		return nil, false
	}
	if n := len(line); n > 0 && line[n-1] == '\n' {
		return line[:n-1], true
	}
	return line, len(line) > 0
}
