package main

import (
	"bytes"
	"encoding/json"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"triage/internal/ingest/file"
)

// origin is where and when a comment was written, as far as its file says so.
type origin struct {
	// platform is in lower case; empty where the file gives none, unclear where
	// what it gives is no name.
	platform string
	// date is zero where there is none, or none that can be read (see undated).
	date time.Time
	// undated: the file gives a date that cannot be read.
	undated bool
}

// unclear stands for a platform that is not a name: a sentence, an address.
const unclear = "?"

var platformName = regexp.MustCompile(`^[\pL\pN][\pL\pN.&'+_-]{0,23}( [\pL\pN.&'+_-]{1,12}){0,2}$`)

// originOf reads what a file says. Of several dates the first that can be read
// counts: created, date, time.
func originOf(platform string, dates ...string) origin {
	o := origin{platform: strings.ToLower(strings.TrimSpace(platform))}
	if o.platform != "" && !platformName.MatchString(o.platform) {
		o.platform = unclear
	}
	for _, s := range dates {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		if o.date = dateOf(s); !o.date.IsZero() {
			o.undated = false
			return o
		}
		o.undated = true
	}
	return o
}

// dateLayouts are those that mean one day everywhere: 3/4/2025 is none of them.
var dateLayouts = []string{
	time.RFC3339, time.DateTime, time.DateOnly, "2006-01-02T15:04:05-0700", "2006-01-02T15:04:05", "2006-01-02T15:04",
	"2006-01-02 15:04", "2006-01-02 15:04:05 MST", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05Z07:00", "2006/01/02", "2006/01/02 15:04:05",
	"Jan 2, 2006", "January 2, 2006", "2 Jan 2006", "2 January 2006", time.RFC1123, time.RFC1123Z,
}

// dateOf reads a date or a time in seconds or milliseconds since 1970; zero if
// it cannot, or if comments were not written on screens in that year.
func dateOf(s string) time.Time {
	if len(s) > 40 {
		return time.Time{}
	}
	var t time.Time
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n >= 1e8 {
		if t = time.Unix(n, 0).UTC(); n >= 1e11 {
			t = time.UnixMilli(n).UTC()
		}
	}
	for i := 0; t.IsZero() && i < len(dateLayouts); i++ {
		t, _ = time.Parse(dateLayouts[i], s)
	}
	if t.Year() < 1990 || t.Year() >= 2100 {
		return time.Time{}
	}
	return t
}

// originNames are the fields and columns that are looked at.
var originNames = [...]string{"platform", "created", "date", "time"}

// withOrigin asks for origins, before the first record is read.
func (rs *records) withOrigin() {
	rs.origins = true
	if rs.format != file.CSV {
		return
	}
	for _, name := range originNames {
		c := &column{}
		c.Records = file.NewRecords(&c.read, file.CSV)
		c.Column = name
		rs.columns = append(rs.columns, c)
	}
}

// origin is that of the record that next has just returned.
func (rs *records) origin(rec file.Record) origin {
	switch {
	case !rs.origins || rs.format == file.Plain:
		return origin{}
	case rs.format == file.CSV:
		c := rs.columns
		return originOf(c[0].next(), c[1].next(), c[2].next(), c[3].next())
	}
	var f struct{ Platform, Created, Date, Time scalar }
	if rec.Err != nil || json.Unmarshal(rec.Raw, &f) != nil {
		return origin{}
	}
	return originOf(string(f.Platform), string(f.Created), string(f.Date), string(f.Time))
}

// scalar is a JSON string, or a number as it is written; everything else is
// empty.
type scalar string

// UnmarshalJSON never fails.
func (s *scalar) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) != nil && json.Valid(raw) && raw[0] != '{' && raw[0] != '[' {
		text = string(raw)
	}
	*s = scalar(text)
	return nil
}

// column reads one column of a CSV file beside the text: the same reader over
// the same bytes, so that it stands at the same record.
type column struct {
	*file.Records
	read   bytes.Buffer
	absent bool
}

// next is the column's value in the next record; empty if it has none.
func (c *column) next() string {
	if c.absent {
		return ""
	}
	rec, err := c.Next()
	if err != nil {
		c.absent, c.read = true, bytes.Buffer{}
	}
	return rec.Text
}

type columns []*column

// Write hands what was read of the file to every column that it has.
func (cs columns) Write(p []byte) (int, error) {
	for _, c := range cs {
		if !c.absent {
			_, _ = c.read.Write(p)
		}
	}
	return len(p), nil
}

var _ io.Writer = columns(nil)
