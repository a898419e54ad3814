package wordpress

import (
	"maps"
	"net/http"
	"slices"

	"triage/internal/sandbox/board"
)

// update is POST, PUT or PATCH /comments/{id}. It writes the caller's address and
// browser over those of the comment's author unless they are given along, and takes
// the local time for the true one, in whatever zone the site has now.
func (c *call) update(id int) (result, *failure) {
	if err := c.check(writeRules); err != nil {
		return result{}, err
	}
	it, err := c.comment(id)
	if err == nil {
		err = c.mayUpdate(it)
	}
	if err != nil {
		return result{}, err
	}
	to := c.target(it)
	recs := c.columns(it)
	if to != "" {
		recs = append(recs, become(it, to)...)
	}
	if !c.commit(recs...) {
		return result{}, fail(http.StatusInternalServerError, "rest_comment_failed_edit", "Updating comment failed.")
	}
	return ok(c.pick(c.show(it, "edit"), false))
}

func (c *call) mayUpdate(it *board.Item) *failure {
	text, given := c.content()
	changed := *it
	changed.Text, changed.More = text, c.changed()
	switch {
	case !c.mayEdit(it):
		return c.denied("rest_cannot_edit", "Sorry, you are not allowed to edit this comment.")
	case c.text("type", typeOf(it)) != typeOf(it):
		return fail(http.StatusNotFound, "rest_comment_invalid_type", "Sorry, you are not allowed to change the comment type.")
	case c.has("post") && c.find(c.number("post", 0), true) == nil:
		return fail(http.StatusForbidden, "rest_comment_invalid_post_id", "Invalid post ID.")
	case c.number("post", number(it.Post)) != number(it.Post), c.number("author", author(it)) != author(it):
		return fail(http.StatusNotImplemented, "sandbox_not_played", "The sandbox does not give a comment to another post or user.")
	case given && text == "":
		return fail(http.StatusBadRequest, "rest_comment_content_invalid", "Invalid comment content.")
	}
	return c.fits(&changed)
}

// columns are the changes to all but the status.
func (c *call) columns(it *board.Item) []board.Record {
	var recs []board.Record
	if text, given := c.content(); given {
		recs = append(recs, board.Record{Op: board.Edit, ID: it.ID, Text: text, At: c.now()})
	}
	more := c.changed()
	if _, given := more[moreDate]; !given {
		more[moreDate] = it.More[moreDate]
	}
	more[moreGMT] = c.gmt(more[moreDate])
	for _, k := range slices.Sorted(maps.Keys(more)) {
		recs = append(recs, set(it, k, more[k]))
	}
	return recs
}

// target is the status that a request wants; empty: it stays as it is, also when the
// word is unknown.
func (c *call) target(it *board.Item) string {
	before := it.More[moreBefore]
	if before == "" {
		before = hold
	}
	to := map[string]string{approved: approved, "approve": approved, "1": approved, hold: hold, "0": hold, spam: spam, "unspam": before, trash: trash, "untrash": before}[key(c.text("status", ""))]
	if to == status(it) {
		return ""
	}
	return to
}

// remove is DELETE /comments/{id}: into the trash, or for good.
func (c *call) remove(id int) (result, *failure) {
	if err := c.check([]rule{{"force", boolean}}); err != nil {
		return result{}, err
	}
	it, err := c.comment(id)
	if err != nil {
		return result{}, err
	}
	force, _ := truth(c.given["force"])
	switch {
	case !c.mayEdit(it):
		return result{}, c.denied("rest_cannot_delete", "Sorry, you are not allowed to delete this comment.")
	case force:
		return c.removeForGood(it)
	case c.on("trash") == "off":
		return result{}, fail(http.StatusNotImplemented, "rest_trash_not_supported", "The comment does not support trashing. Set 'force=true' to delete.")
	case status(it) == trash:
		return result{}, fail(http.StatusGone, "rest_already_trashed", "The comment has already been trashed.")
	case !c.commit(become(it, trash)...):
		return result{}, notDeleted()
	}
	return ok(c.pick(c.show(it, "edit"), false))
}

func (c *call) removeForGood(it *board.Item) (result, *failure) {
	previous := c.pick(c.show(it, "edit"), false)
	delete(previous, "_links")
	if !c.commit(set(it, moreBefore, ""), board.Record{Op: board.Delete, ID: it.ID}) {
		return result{}, notDeleted()
	}
	return ok(object{"deleted": true, "previous": previous})
}

func notDeleted() *failure {
	return fail(http.StatusInternalServerError, "rest_cannot_delete", "The comment cannot be deleted.")
}
