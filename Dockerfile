# The app for a class or a public page:
#   docker build -t vaegan .
#   docker run --rm -p 8501:7860 vaegan
# PyPI's torch for Linux brings gigabytes of CUDA libraries; --build-arg TORCH_INDEX=ADDRESS takes torch from elsewhere.
FROM python:3.11-slim

ARG TORCH_INDEX
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

# Demo hosts run a container as user 1000 and look for it on port 7860, or tell the port by PORT.
RUN useradd --create-home --uid 1000 vaegan && mkdir -p /data/runs && chown -R vaegan /data
WORKDIR /app

COPY requirements.txt .
RUN if [ -n "$TORCH_INDEX" ]; then \
      sed -n 's/^\(torch[a-z]*[~=][^ #]*\).*/\1/p' requirements.txt > /tmp/torch.txt && \
      pip install --no-deps --index-url "$TORCH_INDEX" -r /tmp/torch.txt; \
    fi && \
    pip install -r requirements.txt
COPY . .

USER vaegan
ENV PORT=7860 VAEGAN_RUNS=/data/runs
EXPOSE 7860
VOLUME /data
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD python -c "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/_stcore/health', timeout=4)"
# The address that people use is not asked for outside: Streamlit would do that where it listens on 0.0.0.0.
CMD ["sh", "-c", "exec streamlit run vaegan/ui/server.py --server.address 0.0.0.0 --server.port $PORT --browser.serverAddress localhost"]
