package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// What a fault can do.
const (
	doStatus  = "status"     // answer with Status and Body, storing nothing
	doDelay   = "delay"      // wait DelayMS, then answer as usual
	doBody    = "body"       // answer 200 (or Status) with Body, storing nothing
	cutBefore = "cut-before" // cut the connection, storing nothing
	cutAfter  = "cut-after"  // store, then cut the connection: the lost answer
)

// fault goes wrong the next Times times that a request matches.
type fault struct {
	Platform string `json:"platform"` // empty: any
	// Match is "METHOD /part of the path" or a part of "METHOD /path".
	Match string `json:"match"`
	Times int    `json:"times"` // 0 counts as 1; negative: until the reset
	Do    string `json:"do"`

	Status  int               `json:"status"`
	Body    body              `json:"body"`
	DelayMS int               `json:"delay_ms"`
	Header  map[string]string `json:"header"`
}

// body is a literal: a JSON string gives its text, other JSON itself.
type body string

// UnmarshalJSON reads either.
func (b *body) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) != nil {
		text = string(data)
	}
	*b = body(text)
	return nil
}

func (f *fault) check() error {
	if f.Times == 0 {
		f.Times = 1
	}
	if err := oneOf("do", f.Do, doStatus, doDelay, doBody, cutBefore, cutAfter); err != nil {
		return err
	}
	switch {
	case f.Do == doStatus && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("do %q needs a \"status\" from 200 to 599", f.Do)
	case f.Do == doDelay && f.DelayMS <= 0:
		return fmt.Errorf("do %q needs \"delay_ms\" above 0", f.Do)
	}
	return nil
}

// matches compares with the request line as it came and as it is meant.
func (f *fault) matches(platform, method, line string) bool {
	if f.Platform != "" && f.Platform != platform {
		return false
	}
	want, part, both := strings.Cut(f.Match, " ")
	meant, path, _ := strings.Cut(line, " ")
	if both {
		return (want == method || want == meant) && strings.Contains(path, part)
	}
	return strings.Contains(line, f.Match)
}

// instead does what happens in place of the platform's answer and reports
// whether that was all.
func (f *fault) instead(w http.ResponseWriter, r *http.Request) bool {
	switch f.Do {
	case doDelay:
		select {
		case <-time.After(time.Duration(f.DelayMS) * time.Millisecond):
		case <-r.Context().Done():
		}
	case cutBefore:
		panic(http.ErrAbortHandler)
	case doStatus, doBody:
		f.write(w)
		return true
	}
	return false
}

func (f *fault) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if json.Valid([]byte(f.Body)) {
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	}
	f.decorate(w)
	if f.Status != 0 {
		w.WriteHeader(f.Status)
	}
	_, _ = w.Write([]byte(f.Body))
}

func (f *fault) decorate(w http.ResponseWriter) {
	for k, v := range f.Header {
		w.Header().Set(k, v)
	}
}

// faults are those still to come, in the order they were asked for.
type faults struct {
	mu  sync.Mutex
	due []*fault
}

// take gives the first fault that matches, once; a zero one if none does.
func (fs *faults) take(platform, method, line string) fault {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for i, f := range fs.due {
		if !f.matches(platform, method, line) {
			continue
		}
		if f.Times--; f.Times == 0 {
			fs.due = append(fs.due[:i:i], fs.due[i+1:]...)
		}
		return *f
	}
	return fault{}
}

func (fs *faults) add(f *fault) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.due = append(fs.due, f)
}

func (fs *faults) clear() {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.due = nil
}
