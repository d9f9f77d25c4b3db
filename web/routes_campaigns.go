package web

import (
	"github.com/atelier-studio/atelier/auth"
)

// campaignRoutes are the API of campaigns and personas.
var campaignRoutes = []route{
	call("GET", "/campaigns", auth.CampaignView, "Campaigns, the last first", apiCampaigns),
	call("POST", "/campaigns", auth.CampaignEdit, "Send personas against a target, in the background", apiCreateCampaign, accepted, costs(costTests)),
	call("GET", "/campaigns/:id", auth.CampaignView, "A campaign: how far it is, or what it came to", apiCampaign),
	call("DELETE", "/campaigns/:id", auth.CampaignEdit, "Delete a campaign that has ended", apiDeleteCampaign),
	call("POST", "/campaigns/:id/stop", auth.CampaignEdit, "Stop a campaign; what was tested until then is kept", apiStopCampaign),
	call("POST", "/campaigns/:id/pause", auth.CampaignEdit, "Let what is under way end, and begin nothing more", apiPauseCampaign),
	call("POST", "/campaigns/:id/resume", auth.CampaignEdit, "Let a paused campaign go on", apiResumeCampaign),
	call("POST", "/campaigns/:id/personas", auth.CampaignEdit, "Let one more persona work in a campaign that is under way", apiJoinCampaign),
	call("GET", "/campaigns/:id/findings", auth.CampaignView, "What a campaign found, with its evidence", apiFindings, costs(costSome)),
	call("GET", "/campaigns/:id/findings/:finding", auth.CampaignView, "One of its findings", apiFinding),
	call("POST", "/campaigns/:id/findings/:finding/mark", auth.CampaignEdit, "Say that a finding is false, here and in all campaigns on the target", apiMark),
	call("DELETE", "/campaigns/:id/findings/:finding/mark", auth.CampaignEdit, "Take that back", apiUnmark),
	call("POST", "/campaigns/:id/retest", auth.CampaignEdit, "Test findings once more", apiRetest, accepted, costs(costTests)),
	call("GET", "/campaigns/:id/compare", auth.CampaignView, "What became of the findings of an earlier campaign", apiCompare, costs(costSome)),
	call("GET", "/campaigns/:id/surface", auth.CampaignView, "What was discovered of the target", apiSurface, costs(costSome)),
	stream[reportIn, nothing]("GET", "/campaigns/:id/report", auth.CampaignView, "The report as a file", apiReport, costs(costFile), answers("text/html", "application/xml", "application/sarif+json")),
	stream[pictureIn, nothing]("GET", "/campaigns/:id/pictures/:picture", auth.CampaignView, "A picture of the evidence", apiCampaignPicture, answers("image/png")),
	stream[viewIn, nothing]("GET", "/campaigns/:id/views/:persona", auth.CampaignView, "What a persona looks at just now", apiView, answers("image/png")),
	call("GET", "/campaigns/:id/shares", auth.CampaignEdit, "Links to the report for people without an account", apiShares),
	call("POST", "/campaigns/:id/shares", auth.CampaignEdit, "Make such a link, which holds for some days", apiShare, made),
	call("DELETE", "/campaigns/:id/shares/:share", auth.CampaignEdit, "Revoke a link", apiDeleteShare),
	call("POST", "/campaign-targets", auth.CampaignEdit, "What a target needs before it may be tested", apiTarget),
	call("GET", "/campaign-plans", auth.CampaignView, "Campaigns that are run again and again", apiPlans),
	call("POST", "/campaign-plans", auth.CampaignEdit, "Plan a campaign", apiPutPlan, made),
	call("POST", "/campaign-plans/:id", auth.CampaignEdit, "Change a planned campaign", apiPutPlan),
	call("DELETE", "/campaign-plans/:id", auth.CampaignEdit, "Delete a planned campaign; what it started stays", apiDeletePlan),
	call("POST", "/campaign-plans/:id/run", auth.CampaignEdit, "Start a planned campaign now", apiRunPlan, accepted, costs(costTests)),
	call("GET", "/personas", auth.CampaignView, "Personas of the studio and of the workspace", apiPersonas),
	call("POST", "/personas", auth.CampaignEdit, "Make a persona, or change one of the workspace", apiPutPersona),
	call("DELETE", "/personas/:id", auth.CampaignEdit, "Delete a persona of the workspace", apiDeletePersona),
	stream[exportPersonasIn, nothing]("GET", "/personas/file", auth.CampaignView, "Personas as a YAML file", apiExportPersonas, answers("application/yaml")),
	stream[nothing, nothing]("POST", "/personas/file", auth.CampaignEdit, "Make personas of a YAML file", apiImportPersonas, body(maxPersonaFile), media("application/yaml")),
}
