package wordpress

import (
	"errors"
	"fmt"
	"hash/crc32"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"triage/internal/sandbox/board"
)

// What more may say, of a comment unless it says otherwise.
const (
	moreStatus   = "status"   // approved, hold, spam or trash; of a post publish, private, draft or trash
	moreEmail    = "email"    // of the author
	moreIP       = "ip"       // of the author
	moreAgent    = "agent"    // the author's browser
	moreURL      = "url"      // the author's site
	moreUser     = "user"     // id of the author among the users of the site; 0: a visitor
	moreType     = "type"     // comment, or pingback, note and so on
	moreComments = "comments" // of a post: open or closed
	morePassword = "password" // of a post

	// These are kept by WordPress itself.
	moreName   = "name"     // an author's that was changed
	moreParent = "parent"   // one that does not exist, or that was changed
	moreDate   = "date"     // in the zone that the site had
	moreGMT    = "date_gmt" // what WordPress takes for the same time in UTC
	moreBefore = "before"   // the status before spam or trash
)

var mayMore = []string{moreStatus, moreEmail, moreIP, moreAgent, moreURL, moreUser, moreType}

// What a comment can be.
const (
	approved = "approved"
	hold     = "hold"
	spam     = "spam"
	trash    = "trash"
)

// Finish implements board.Platform: what WordPress has columns for.
func (w *WordPress) Finish(it *board.Item) error {
	more := map[string]string{}
	maps.Copy(more, it.More)
	it.More, it.Root = more, ""
	if more[moreDate] == "" {
		more[moreDate], more[moreGMT] = it.Created.In(w.zone()).Format(column), it.Created.UTC().Format(column)
	}
	switch {
	case it.Kind == board.PagePost:
		return nil
	case it.Kind != "":
		return fmt.Errorf("on a WordPress site only the practice posts; kind is %s", board.PagePost)
	case it.Media != "":
		return fmt.Errorf("a comment on WordPress has no %s", it.Media)
	}
	w.sign(it)
	return w.settle(it)
}

// sign fills in what a browser and the comment form tell of who wrote it.
func (w *WordPress) sign(it *board.Item) {
	usual := map[string]string{moreURL: "", moreAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
		moreIP: "203.0.113." + strconv.Itoa(int(1+crc32.ChecksumIEEE([]byte(it.Author))%250)), moreEmail: "", moreUser: "0"}
	if it.Author != "" {
		usual[moreEmail] = slug(it.Author) + "@example.test"
	}
	if it.Own {
		usual[moreEmail], usual[moreUser] = w.opt.Email, strconv.Itoa(userID)
	}
	for k, v := range usual {
		if _, said := it.More[k]; !said {
			it.More[k] = v
		}
	}
}

// settle checks what more says and gives the comment its status: on a site that
// moderates, what a visitor writes waits.
func (w *WordPress) settle(it *board.Item) error {
	for k := range it.More {
		if inner := []string{moreName, moreParent, moreDate, moreGMT}; !slices.Contains(mayMore, k) && !slices.Contains(inner, k) {
			return fmt.Errorf("more.%s is unknown; there is: %s", k, strings.Join(mayMore, ", "))
		}
	}
	if _, err := strconv.ParseUint(it.More[moreUser], 10, 31); err != nil {
		return errors.New("more.user is the number of a user, 0 for a visitor")
	}
	if _, err := netip.ParseAddr(it.More[moreIP]); err != nil && it.More[moreIP] != "" {
		return errors.New("more.ip is no address such as 203.0.113.9")
	}
	switch status := it.More[moreStatus]; status {
	case "":
		it.Hidden = it.Hidden || !it.Own && w.on("moderation") == "on"
	case approved, hold:
		it.Hidden = status == hold
		delete(it.More, moreStatus)
	case spam, trash:
	default:
		return fmt.Errorf("more.status %q is unknown; one of: %s", status, strings.Join([]string{approved, hold, spam, trash}, ", "))
	}
	return nil
}

// column is how WordPress keeps times, without a zone.
const column = "2006-01-02T15:04:05"

// status is what a comment is.
func status(it *board.Item) string {
	switch s := it.More[moreStatus]; {
	case s != "":
		return s
	case it.Hidden:
		return hold
	}
	return approved
}

// become are the changes that give a comment another status. What is in the trash
// counts as deleted on the board until it is taken out.
func become(it *board.Item, to string) []board.Record {
	kept, before := "", ""
	if to == spam || to == trash {
		kept, before = to, status(it)
	}
	recs := []board.Record{{Op: board.Hide, ID: it.ID, Hidden: to == hold}, set(it, moreStatus, kept), set(it, moreBefore, before)}
	if to == trash {
		recs = append(recs, board.Record{Op: board.Delete, ID: it.ID})
	} else if it.Deleted {
		recs = append(recs, board.Record{Op: board.Restore, ID: it.ID})
	}
	return recs
}

func set(it *board.Item, key, value string) board.Record {
	return board.Record{Op: board.Set, ID: it.ID, Key: key, Text: value}
}

// gone reports whether a comment or post was deleted for good. A post takes its
// comments along.
func (w *WordPress) gone(it *board.Item) bool {
	inTrash := it != nil && status(it) == trash && it.More[moreBefore] != ""
	return it == nil || it.Deleted && !inTrash || it.Kind == "" && w.gone(w.board.ByID[it.Post])
}

// comments are all there are, oldest first.
func (w *WordPress) comments() []*board.Item {
	var out []*board.Item
	for _, it := range w.board.Items {
		if it.Platform == w.Name() && it.Kind == "" && !w.gone(it) {
			out = append(out, it)
		}
	}
	return out
}

// find gives a comment or a post by its number; nil: there is none.
func (w *WordPress) find(id int, post bool) *board.Item {
	it := w.board.ByID[strconv.Itoa(id)]
	if it == nil || it.Platform != w.Name() || (it.Kind != "") != post || w.gone(it) {
		return nil
	}
	return it
}

// parent is what a comment answers: when that was deleted, what it answered.
func (w *WordPress) parent(it *board.Item) int {
	id := it.Parent
	if other, ok := it.More[moreParent]; ok {
		id = other
	}
	if up := w.board.ByID[id]; up != nil && up.Kind == "" && w.gone(up) {
		return w.parent(up)
	}
	return number(id)
}

// number reads an id or a count of ours.
func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// author is the user who wrote it; 0: a visitor. Posts are the owner's.
func author(it *board.Item) int {
	if user, ok := it.More[moreUser]; ok {
		return number(user)
	}
	if it.Kind != "" {
		return ownerID
	}
	return 0
}

func name(it *board.Item) string {
	if other, ok := it.More[moreName]; ok {
		return other
	}
	return it.Author
}

// raw is a comment as it is kept: HTML, with all taken out that its author may not
// write.
func (w *WordPress) raw(it *board.Item) string {
	trusted := author(it) == ownerID || author(it) == userID && slices.Contains(capabilities(w.on("role")), "unfiltered_html")
	if trusted {
		return it.Text
	}
	return kses(it.Text)
}

// gmt is what WordPress takes a time of its column for, with the zone of now.
func (w *WordPress) gmt(local string) string {
	t, err := time.ParseInLocation(column, local, w.zone())
	if err != nil {
		return local
	}
	return t.UTC().Format(column)
}

// slug is a name as it is in an address.
func slug(s string) string {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	return strings.Join(words, "-")
}
