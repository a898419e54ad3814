package audit

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// ExportOptions say what an auditor gets.
type ExportOptions struct {
	// From and To bound when the acts were done: from From, before To. Zero is
	// open.
	From, To time.Time
	// Format is "jsonl" or "csv".
	Format string
	// Policy is the version of the policy in force.
	Policy string
}

// Header precedes the records of an export.
type Header struct {
	Format   string    `json:"format"`
	Practice string    `json:"practice"`
	Policy   string    `json:"policy"`
	Made     time.Time `json:"made"`
	From     time.Time `json:"from,omitzero"`
	To       time.Time `json:"to,omitzero"`
	Records  int       `json:"records"`
	// Begin is the MAC of the record before the first, End that of the last: with
	// the key it can be checked that the part is one of the whole.
	Begin MAC `json:"begin"`
	End   MAC `json:"end"`
	// Faults is how many were found in the whole log; triage audit verify says
	// which. Unreadable records are not exported.
	Faults int `json:"faults"`
}

// Export is the function of that name, over this log.
func (l *Log) Export(ctx context.Context, w io.Writer, o ExportOptions) error {
	return Export(ctx, w, l.o, o)
}

// Export writes what was done in a time as evidence: a header, and every record
// with what its MAC is made from. Text that a spreadsheet would take for a
// formula has an apostrophe before it, as has text that begins with one. The
// log need not verify to be exported; the header tells.
func Export(ctx context.Context, w io.Writer, log Options, o ExportOptions) error {
	if o.Format != "jsonl" && o.Format != "csv" {
		return fmt.Errorf("export the audit log: format %q is neither jsonl nor csv", o.Format)
	}
	h, end, err := survey(ctx, log, o)
	if err != nil {
		return fmt.Errorf("export the audit log: %w", err)
	}
	out := sink(&lines{json.NewEncoder(w)})
	if o.Format == "csv" {
		out = &table{csv.NewWriter(w)}
	}
	if err := errors.Join(out.header(h), transfer(ctx, log.Journal, out, part{o, end}), out.flush()); err != nil {
		return fmt.Errorf("export the audit log: %w", err)
	}
	return nil
}

// survey makes the header; end is the place of the last entry it saw.
func survey(ctx context.Context, log Options, o ExportOptions) (h Header, end uint64, err error) {
	k, err := newKeys(log.Key)
	if err != nil {
		return h, 0, err
	}
	h = Header{Format: "triage audit 1", Practice: log.Practice, Policy: o.Policy, Made: log.clock().UTC(), From: o.From, To: o.To}
	v := verifier{mac: k.mac(), linked: true}
	err = log.Journal.Each(ctx, 1, func(seq uint64, e Entry) error {
		if r, err := decode(e.Data); err == nil && o.holds(&r) {
			if h.Records++; h.Records == 1 {
				h.Begin = r.Prev
			}
			h.End = r.MAC
		}
		return v.see(seq, e)
	})
	h.Faults = len(v.Faults) + v.More
	return h, v.seq, err
}

// part is what is exported, up to the last entry that the header counts.
type part struct {
	ExportOptions
	end uint64
}

func transfer(ctx context.Context, j Journal, out sink, p part) error {
	err := j.Each(ctx, 1, func(seq uint64, e Entry) error {
		if seq > p.end {
			return errEnough
		}
		r, err := decode(e.Data)
		if err != nil || !p.holds(&r) {
			return nil
		}
		return out.record(&r)
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

func (o ExportOptions) holds(r *Record) bool {
	return !r.At.Before(o.From) && (o.To.IsZero() || r.At.Before(o.To))
}

// sink is a form of an export.
type sink interface {
	header(h Header) error
	record(r *Record) error
	flush() error
}

type lines struct{ *json.Encoder }

func (l *lines) header(h Header) error  { return l.Encode(h) }
func (l *lines) record(r *Record) error { return l.Encode(r) }
func (l *lines) flush() error           { return nil }

type table struct{ *csv.Writer }

// header writes a row for each fact, and the names of the columns.
func (t *table) header(h Header) error {
	return t.WriteAll([][]string{
		{"format", h.Format}, {"practice", cell(h.Practice)}, {"policy", cell(h.Policy)},
		{"made", stamp(h.Made)}, {"from", stamp(h.From)}, {"to", stamp(h.To)},
		{"records", strconv.Itoa(h.Records)}, {"begin", h.Begin.String()}, {"end", h.End.String()}, {"faults", strconv.Itoa(h.Faults)},
		{"n", "at", "by", "os", "from", "do", "on", "note", "logged", "ref", "writer", "prev", "mac"},
	})
}

func (t *table) record(r *Record) error {
	row := []string{strconv.FormatUint(r.N, 10), stamp(r.At), r.By, r.OS, r.From, r.Do, r.On, r.Note,
		stamp(r.Logged), r.Ref, r.Writer, r.Prev.String(), r.MAC.String()}
	for i := range row {
		row[i] = cell(row[i])
	}
	return t.Write(row)
}

func (t *table) flush() error { t.Flush(); return t.Error() }

// cell keeps a spreadsheet from running what somebody chose as a name.
func cell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n'＝＋－＠", []rune(s)[0]) {
		return "'" + s
	}
	return s
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
