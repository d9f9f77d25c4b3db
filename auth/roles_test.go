package auth_test

import (
	"testing"

	"github.com/atelier-studio/atelier/auth"
)

// A workflow may do what its workspace can: take documents in, use credentials, send personas against applications. So
// nobody gains anything by drawing one: who edits workflows may do all that without them too.
func TestDrawingGainsNothing(t *testing.T) {
	t.Parallel()
	for _, role := range []auth.Role{auth.Viewer, auth.Editor, auth.Owner} {
		for _, reached := range []auth.Permission{auth.CampaignEdit, auth.CollectionEdit, auth.CredentialEdit, auth.VariableEdit} {
			if role.Allows(auth.WorkflowEdit) && !role.Allows(reached) {
				t.Errorf("a workflow of a person who is %s does what needs %s", role, reached)
			}
		}
	}
}
