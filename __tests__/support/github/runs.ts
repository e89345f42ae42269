import { type Call, type Handler, notFound, repositoryUrl, webUrl } from './call.ts';
import type { Artifact } from './artifacts.ts';
import { repository } from './repository.ts';

/** Routes of workflow runs and their artifacts. */
export const runRoutes: Record<string, Handler> = {
  'actions/get-workflow-run': (call) => {
    const id = Number(call.params['run_id']);
    const { workflow = '.github/workflows/alchemist.yml', repository: origin } = call.state.runs.get(String(id)) ?? {};
    const here = repository(call);
    return {
      status: 200,
      data: {
        id,
        html_url: `${webUrl(call)}/actions/runs/${id}`,
        path: workflow,
        status: 'in_progress',
        repository: here,
        head_repository: origin === undefined ? here : { ...here, full_name: origin },
      },
    };
  },

  'actions/list-workflow-run-artifacts': (call) => {
    const artifacts = call.artifacts.filter(({ run }) => run === call.params['run_id']).map((one) => artifact(call, one));
    return { status: 200, data: { total_count: artifacts.length, artifacts } };
  },

  /** As GitHub answers it: the content is elsewhere, behind a signed address. */
  'actions/download-artifact': (call) => {
    const found = call.artifacts.find(({ id }) => id === Number(call.params['artifact_id']));
    if (!found) throw notFound();
    return { status: 302, headers: { location: `${call.apiUrl}/downloads/${found.id}?sig=loopback` } };
  },
};

function artifact(call: Call, { id, name, size }: Artifact): object {
  const url = `${repositoryUrl(call)}/actions/artifacts/${id}`;
  return { id, name, size_in_bytes: size, expired: false, url, archive_download_url: `${url}/zip` };
}
