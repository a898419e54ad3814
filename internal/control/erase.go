package control

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"triage/internal/audit"
	"triage/internal/respond"
	"triage/internal/store"
)

// Erase says what is to be erased, by one of three: a comment, all of an author,
// or all that was first kept before a time.
type Erase struct {
	Comment string `json:"comment,omitempty"`
	// Platform and Author are the platform's name and its id of the person.
	Platform string    `json:"platform,omitempty"`
	Author   string    `json:"author,omitempty"`
	Before   time.Time `json:"before,omitzero"`
}

// Erased is how far an erasure is. The last one says Done or Error.
type Erased struct {
	Looked int    `json:"looked,omitempty"`
	Erased int    `json:"erased"`
	Done   bool   `json:"done,omitempty"`
	Error  string `json:"error,omitempty"`
}

var commentID = regexp.MustCompile(`^[a-z2-7]{20}$`)

// erase answers line by line, since looking for an author takes its time.
func (c *control) erase(w http.ResponseWriter, r *http.Request, who caller) error {
	in, err := read[Erase](r)
	switch {
	case err != nil:
		return err
	case in.Comment != "" && !commentID.MatchString(in.Comment):
		return &refusal{http.StatusBadRequest, "--comment wants the 20 letters and digits of a case's address, such as cases/abc…"}
	case !in.one():
		return &refusal{http.StatusBadRequest, "give one of --comment, --author and --before"}
	case in.Author != "" && !slices.Contains(c.Platforms, in.Platform):
		return &refusal{http.StatusBadRequest, "--author wants PLATFORM/ID, with one of: " + strings.Join(c.Platforms, ", ")}
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	lines, out := json.NewEncoder(w), Erased{}
	tell := func() {
		_ = lines.Encode(out)
		_ = http.NewResponseController(w).Flush()
	}
	if err := c.eraseAll(r.Context(), in, who.act, &out, tell); err != nil {
		c.Log.Error("command failed half-way", zap.String("command", r.Pattern), zap.Error(err))
		out.Error = err.Error()
	}
	out.Done = out.Error == ""
	tell()
	return nil
}

// one reports whether it says one thing.
func (e Erase) one() bool {
	n := 0
	for _, said := range []bool{e.Comment != "", e.Author != "" || e.Platform != "", !e.Before.IsZero()} {
		if said {
			n++
		}
	}
	return n == 1 && (e.Author != "") == (e.Platform != "")
}

// eraseAll erases what it can; its error is the first.
func (c *control) eraseAll(ctx context.Context, in Erase, who audit.Act, out *Erased, tell func()) error {
	ids, failed := c.meant(ctx, in, func(n int) { out.Looked = n; tell() })
	for _, id := range ids {
		err := c.Store.Erase(ctx, c.Cases, store.Erasure{Comment: id, Why: respond.WhyRequest, Act: who})
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			failed = cmp.Or(failed, err)
			continue
		}
		if out.Erased++; out.Erased%100 == 0 {
			tell()
		}
	}
	return failed
}

// meant finds the comments that are to be erased. With an error, there may be
// more.
func (c *control) meant(ctx context.Context, in Erase, progress func(int)) ([]string, error) {
	switch {
	case in.Author != "":
		return c.Store.Written(ctx, in.Platform, c.person(in.Platform, in.Author), progress)
	case in.Comment == "":
		return c.Store.Kept(ctx, in.Before)
	}
	known, err := c.Store.Knows(ctx, in.Comment)
	if err == nil && !known {
		err = errors.New("there is no such comment: look at the address of its case")
	}
	if err != nil {
		return nil, err
	}
	return []string{in.Comment}, nil
}
