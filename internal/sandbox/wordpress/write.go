package wordpress

import (
	"maps"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"

	"triage/internal/sandbox/board"
)

var writeRules = []rule{{"author", integer(-1, -1)}, {"author_email", email}, {"author_ip", address}, {"author_name", text}, {"author_url", text},
	{"author_user_agent", text}, {"date", moment}, {"date_gmt", moment}, {"parent", integer(-1, -1)}, {"post", integer(-1, -1)}, {"status", text}}

// create is POST /comments.
func (c *call) create() (result, *failure) {
	if err := c.check(writeRules); err != nil {
		return result{}, err
	}
	post, err := c.mayCreate()
	if err != nil {
		return result{}, err
	}
	it := c.NewComment(post, 0)
	for _, step := range []func(*board.Item) *failure{c.write, c.byWhom, c.fits, c.noCopy, c.noFlood, c.judge} {
		if err := step(it); err != nil {
			return result{}, err
		}
	}
	if c.Finish(it) != nil || !c.commit(board.Record{Op: board.Add, Item: it}) {
		return result{}, fail(http.StatusInternalServerError, "rest_comment_failed_create", "Creating comment failed.")
	}
	it = c.board.ByID[it.ID]
	if to := c.target(it); to != "" && !c.commit(become(it, to)...) {
		return result{}, fail(http.StatusInternalServerError, "rest_comment_failed_create", "Creating comment failed.")
	}
	context := "view"
	if c.can("moderate_comments") {
		context = "edit"
	}
	return result{status: http.StatusCreated, header: map[string]string{"Location": c.rest("/wp/v2/comments/" + it.ID)}, body: c.pick(c.show(it, context), false)}, nil
}

// mayCreate checks the rights, then the post.
func (c *call) mayCreate() (*board.Item, *failure) {
	notSet := func(name string) *failure {
		return c.denied("rest_comment_invalid_"+name, "Sorry, you are not allowed to edit '"+name+"' for comments.")
	}
	const refused = "Sorry, you are not allowed to create a comment on this post."
	post, moderator := c.find(c.number("post", 0), true), c.can("moderate_comments")
	switch {
	case !c.in:
		return nil, fail(http.StatusUnauthorized, "rest_comment_login_required", "Sorry, you must be logged in to comment.")
	case c.has("author") && c.number("author", 0) != userID && !moderator:
		return nil, notSet("author")
	case c.has("author_ip") && c.text("author_ip", "") != c.ip() && !moderator:
		return nil, notSet("author_ip")
	case c.has("status") && !moderator:
		return nil, notSet("status")
	case post == nil:
		return nil, fail(http.StatusForbidden, "rest_comment_invalid_post_id", "Sorry, you are not allowed to create this comment without a post.")
	case postStatus(post) == "draft":
		return nil, fail(http.StatusForbidden, "rest_comment_draft_post", refused)
	case postStatus(post) == trash:
		return nil, fail(http.StatusForbidden, "rest_comment_trash_post", refused)
	case !c.mayReadPost(post):
		return nil, c.denied("rest_cannot_read_post", "Sorry, you are not allowed to read the post for this comment.")
	case post.More[moreComments] == "closed":
		return nil, fail(http.StatusForbidden, "rest_comment_closed", "Sorry, comments are closed for this item.")
	}
	return post, nil
}

// content is a text that was given in either of two ways, trimmed.
func (c *call) content() (string, bool) {
	v := c.given["content"]
	if inner, ok := v.(object); ok {
		v = inner["raw"]
	}
	s, ok := v.(string)
	return strings.Trim(s, " \t\n\r\x00\v"), ok
}

// write fills in what was asked for.
func (c *call) write(it *board.Item) *failure {
	switch text, _ := c.content(); {
	case c.number("id", 0) != 0:
		return fail(http.StatusBadRequest, "rest_comment_exists", "Cannot create existing comment.")
	case c.text("type", "comment") != "comment":
		return fail(http.StatusBadRequest, "rest_invalid_comment_type", "Cannot create a comment with that type.")
	case text == "":
		return fail(http.StatusBadRequest, "rest_comment_content_invalid", "Invalid comment content.")
	default:
		it.Text = text
	}
	it.Created, it.More = c.now(), map[string]string{moreAgent: ""}
	maps.Copy(it.More, c.changed())
	if local, ok := it.More[moreDate]; ok {
		it.More[moreGMT] = c.gmt(local)
		it.Created, _ = time.Parse(column, it.More[moreGMT])
	}
	if parent := c.number("parent", 0); c.find(parent, false) != nil {
		it.Parent = strconv.Itoa(parent)
		delete(it.More, moreParent)
	}
	return nil
}

// changed are the columns that a request sets: address and browser always, those of
// the caller if no others are given.
func (c *call) changed() map[string]string {
	out := map[string]string{moreIP: c.ip()}
	if c.can("moderate_comments") {
		out[moreIP] = c.text("author_ip", c.ip())
	}
	if agent := c.text("author_user_agent", ""); agent != "" {
		out[moreAgent] = agent
	} else if agent := c.r.UserAgent(); agent != "" {
		out[moreAgent] = agent
	}
	for param, k := range map[string]string{"author_name": moreName, "author_email": moreEmail, "author_url": moreURL} {
		if c.has(param) {
			out[k] = c.text(param, "")
		}
	}
	if c.has("parent") {
		out[moreParent] = strconv.Itoa(c.number("parent", 0))
	}
	if utc := c.text("date_gmt", ""); utc != "" {
		out[moreDate] = c.local(strings.TrimSuffix(utc, "Z") + "Z")
	}
	if local := c.text("date", ""); local != "" {
		out[moreDate] = c.local(local)
	}
	return out
}

// ip is the caller's address.
func (c *call) ip() string {
	host, _, _ := net.SplitHostPort(c.r.RemoteAddr)
	return host
}

// byWhom is the user who is named, else whoever's name is given, else the caller.
func (c *call) byWhom(it *board.Item) *failure {
	by := map[string]string{}
	switch user := c.number("author", 0); {
	case user == ownerID:
		by = map[string]string{moreName: ownerName, moreEmail: ownerEmail, moreUser: strconv.Itoa(user)}
	case user == userID, !c.has("author") && it.More[moreName] == "" && it.More[moreEmail] == "" && it.More[moreURL] == "":
		by = map[string]string{moreName: c.opt.Site, moreEmail: c.opt.Email, moreUser: strconv.Itoa(userID)}
	case c.has("author"):
		return fail(http.StatusBadRequest, "rest_comment_author_invalid", "Invalid comment author ID.")
	}
	given := it.More
	it.More = by
	maps.Copy(it.More, given)
	it.Author, it.Own = it.More[moreName], it.More[moreUser] == strconv.Itoa(userID)
	delete(it.More, moreName)
	if it.Author == "" || it.More[moreEmail] == "" {
		return fail(http.StatusBadRequest, "rest_comment_author_data_required", "Creating a comment requires valid author name and email values.")
	}
	return nil
}

// fits checks the lengths, in bytes.
func (c *call) fits(it *board.Item) *failure {
	for _, f := range []struct {
		name, value string
		most        int
	}{{"author", name(it), 245}, {"author_email", it.More[moreEmail], 100}, {"author_url", it.More[moreURL], 200}, {"content", it.Text, 65525}} {
		if len(f.value) > f.most {
			return fail(http.StatusBadRequest, "comment_"+f.name+"_column_length", "Comment field exceeds maximum length allowed.")
		}
	}
	return nil
}

// noCopy refuses what the same author said in the same place.
func (c *call) noCopy(it *board.Item) *failure {
	for _, other := range c.comments() {
		same := other.Post == it.Post && c.parent(other) == c.parent(it) && name(other) == it.Author && other.More[moreEmail] == it.More[moreEmail]
		if same && status(other) != trash && c.raw(other) == it.Text {
			return fail(http.StatusConflict, "comment_duplicate", "Duplicate comment detected; it looks as though you&#8217;ve already said that!")
		}
	}
	return nil
}

// perComment is how long who does not moderate waits before the next comment.
const perComment = 15 * time.Second

func (c *call) noFlood(it *board.Item) *failure {
	if c.can("moderate_comments") {
		return nil
	}
	for _, other := range c.comments() {
		since, err := time.Parse(column, other.More[moreGMT])
		mine := author(other) == userID || other.More[moreEmail] == it.More[moreEmail]
		if wait := it.Created.Sub(since); err == nil && mine && wait >= 0 && wait < perComment {
			return fail(http.StatusBadRequest, "comment_flood", "You are posting comments too quickly. Slow down.")
		}
	}
	return nil
}

// judge: who moderates, and who wrote the post, is published at once.
func (c *call) judge(it *board.Item) *failure {
	by, post := author(it), c.board.ByID[it.Post]
	trusted := by == ownerID || by == userID && (c.can("moderate_comments") || author(post) == userID)
	it.More[moreStatus] = approved
	if !trusted && c.on("moderation") == "on" {
		it.More[moreStatus] = hold
	}
	return nil
}

// commit makes changes durable.
func (c *call) commit(recs ...board.Record) bool {
	err := c.board.Write(recs...)
	if err != nil {
		c.opt.Log.Error("could not write the log", zap.Error(err))
	}
	return err == nil
}
