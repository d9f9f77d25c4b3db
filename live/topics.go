package live

// RunTopic carries the events of one run.
func RunTopic(workspace, run string) string { return "run/" + workspace + "/" + run }

// WorkflowTopic carries the revisions of one workflow and the state of its runs.
func WorkflowTopic(workspace, workflow string) string {
	return "workflow/" + workspace + "/" + workflow
}

// UserTopic says that something about a person's right to be here has changed: signed out, removed, another role.
func UserTopic(user string) string { return "user/" + user }

// ProcessTopic tells one process to look at once at what others asked of it in the store.
func ProcessTopic(process string) string { return "process/" + process }

// CollectionTopic carries what happens to the documents of one collection.
func CollectionTopic(workspace, collection string) string {
	return "collection/" + workspace + "/" + collection
}

// CampaignTopic carries how far a campaign is.
func CampaignTopic(workspace, campaign string) string {
	return "campaign/" + workspace + "/" + campaign
}
